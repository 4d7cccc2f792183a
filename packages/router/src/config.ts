import { router } from "./trpc.ts";

/** Configuration is the caller's own: all of its operations run in the process that asks. */
export const configRouter = router({});
