import { z } from "zod";
import { rowId } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { silentRun } from "./entities.ts";

/** `checks cancel` (spec 09 §9.3). */
export const cancel = operation({
  path: "checks.cancel",
  kind: "mutation",
  summary: "End a run of a check that goes on, whichever process runs it; a cancelled run proves nothing",
  ledger: "write",
  refuses: ["not_found", "permission_denied", "conflict"],
  cli: { command: "checks", place: 87, action: "cancel", prints: "json", examples: ["checks cancel 12"] },
  input: z.object({
    run: cli(rowId, { position: 0, placeholder: "run" }).describe("number of the run, as `checks runs` lists it"),
    wait_seconds: cli(z.int().min(0).max(600), { flag: "wait", placeholder: "seconds" })
      .default(10)
      .describe("how long to wait until it has ended"),
  }),
  output: z.object({
    run: silentRun.describe("as it is now; still running when its program takes longer to end"),
  }),
});
