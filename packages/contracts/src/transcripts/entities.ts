import { z } from "zod";

export const roles = z.enum(["all", "worker", "manager"]);
