import { z } from "zod";

/** One line of a health report; further keys say what was found. */
export const check = z.looseObject({ name: z.string(), ok: z.boolean() });
export type HealthCheck = z.infer<typeof check>;
