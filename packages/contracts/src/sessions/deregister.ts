import { z } from "zod";
import { sessionArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `deregister` (spec 01 §6.5). */
export const deregister = operation({
  path: "sessions.deregister",
  kind: "mutation",
  summary: "Mark a session as gone (does not stop it)",
  ledger: "write",
  refuses: [...BY_NAME, "conflict"],
  cli: { command: "deregister", place: 30, prints: "json", examples: ["deregister auth-worker"] },
  input: z.object({ session: sessionArgument }),
  output: z.object({ name: z.string(), state: z.literal("gone") }),
});
