import { z } from "zod";
import { operation } from "../operation.ts";
import { dispatchArgv, pairFields } from "./pair.ts";

/** `pair --dry-run` (spec 01 §6.3 step 1): touches neither ledger nor tools. */
export const planPair = operation({
  path: "startup.planPair",
  kind: "query",
  summary: "Say what pair would start, and start nothing",
  ledger: "none",
  refuses: ["not_found"],
  cli: {
    command: "pair",
    place: 40,
    select: "dry-run",
    prints: "json",
    here: true,
    examples: ["pair --task auth --worker-name w --manager-name m --dry-run"],
  },
  input: z.object(pairFields),
  output: z.object({
    task: z.string(),
    worker: z.string(),
    manager: z.string(),
    ensure_dispatch: z.boolean(),
    dispatch_command: dispatchArgv,
  }),
});
