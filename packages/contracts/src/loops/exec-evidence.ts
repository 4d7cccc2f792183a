import { z } from "zod";
import { printable } from "../bounds.ts";
import { checkFields, projectRoot } from "../checks/entities.ts";
import { count } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN, RUNS_PROGRAMS } from "../refusals.ts";
import { receiptFields, recordedReceipt } from "./evidence.ts";

/** `loop-evidence exec` (spec 05 §9): the status comes from the run and from nobody's words. */
export const execEvidence = operation({
  path: "loops.execEvidence",
  kind: "mutation",
  summary: "Run a command and record what it came to as evidence of an iteration",
  ledger: "write",
  refuses: [...BY_NAME, ...LOOP_RUN, ...RUNS_PROGRAMS, "permission_denied", "conflict"],
  cli: {
    command: "loop-evidence",
    place: 150,
    action: "exec",
    prints: "json",
    notes:
      "The command stands behind --, word by word: no shell reads it. While it runs the receipt is rejected; it is satisfied\n" +
      "only by a run that passed on files that did not change meanwhile. That it failed is recorded, and is no failure.",
    examples: ["loop-evidence exec auth --loop-run nightly --evidence-type build_passed -- npm run build"],
  },
  input: z.object({
    ...receiptFields,
    evidence_type: printable(200).describe("what kind of evidence it is, such as build_passed"),
    argv: checkFields.argv.default([]),
    timeout_seconds: checkFields.timeout_seconds.default(600),
    network: checkFields.network.default(false),
    root: projectRoot.optional(),
  }),
  output: recordedReceipt.extend({
    check_run: z.object({
      id: z.int(),
      check_id: z.int(),
      state: z.string(),
      reason: z.string().nullable(),
      exit_code: z.int().nullable(),
      duration_ms: count.nullable(),
      output_sha256: z.string().nullable(),
      output_bytes: count.nullable(),
      tree: z.string().describe("hash of the files that it ran on"),
    }),
  }),
});
