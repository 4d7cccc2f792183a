import { z } from "zod";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { setupBundle } from "./entities.ts";

/** `setup-bundle show` (spec 06 §6.8.1). */
export const show = operation({
  path: "setup.show",
  kind: "query",
  summary: "Show the set-up bundle that was recorded last for a task",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "setup-bundle", action: "show", place: 30, prints: "json", examples: ["setup-bundle show auth"] },
  input: z.object({ task: taskArgument }),
  output: setupBundle,
});
