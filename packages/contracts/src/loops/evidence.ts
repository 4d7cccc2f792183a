import { z } from "zod";
import { counter, filePath, freeText, jsonPayload, label, nonBlank, printable, reference } from "../bounds.ts";
import { jsonObject, taskArgument, warnings } from "../common.ts";
import { criterion, criterionSource } from "../criteria/entities.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { receiptRun } from "./entities.ts";

/** What every form of `loop-evidence` that records takes (spec 05 §5.6). */
export const receiptFields = {
  task: taskArgument,
  loop_run: reference.describe("id or name of the loop's run"),
  iteration: counter
    .min(1)
    .optional()
    .describe("iteration that was worked on; default: the one that the loop stands at, at least 1"),
  source: criterionSource
    .optional()
    .describe("who tells of it, when the receipt is new; default: manager_inferred, of a worker worker_proposed"),
  correlation_id: label.optional().describe("label that ties the receipt to what else belongs to it"),
};

/** What the forms take that are told how a check came out. */
const toldFields = {
  ...receiptFields,
  status: printable(100)
    .default("pass")
    .describe("how it came out: green, ok, pass, passed, satisfied, success or succeeded; all else is rejected"),
  artifact_path: filePath.optional().describe("file that shows it; kept as given, with its hash when it can be read"),
  cwd: cli(filePath, { path: true, placeholder: "dir", caller_folder: true })
    .optional()
    .describe("folder from which a relative --artifact-path starts; default: the current one"),
  strict: z
    .boolean()
    .default(false)
    .describe("refuse a status of unknown meaning, and evidence that lacks what the loop requires of it"),
};

const evidenceType = printable(200).describe("what kind of evidence it is, such as ci_green");

const metadata = cli(jsonPayload, { flag: "metadata-json", json: true, placeholder: "json" })
  .default({})
  .describe("what the evidence holds, as a JSON object");

const proof = freeText.optional().describe("what proves it, in words; default: made from type, run and iteration");

/** What the requirements of a loop say of a receipt (spec 05 §5.6). */
const requirementReport = z.object({
  checked: z.boolean().describe("whether the loop describes this kind of evidence"),
  missing: z.array(z.string()).describe("what it requires and the receipt does not hold"),
});

/** A receipt as it was recorded. */
export const recordedReceipt = z.object({
  criterion,
  evidence: jsonObject.describe("the same as in the criterion"),
  run: receiptRun,
  created: z.boolean().describe("whether there was none of this run, iteration and type before"),
  requirements: requirementReport,
  warnings,
});
export type RecordedReceipt = z.infer<typeof recordedReceipt>;

const RECORDING = {
  kind: "mutation",
  ledger: "write",
  refuses: [...BY_NAME, ...LOOP_RUN, "permission_denied"],
  output: recordedReceipt,
} as const;

/** `loop-evidence add` (spec 05 §5.6). */
export const addEvidence = operation({
  path: "loops.addEvidence",
  ...RECORDING,
  summary: "Record evidence for an iteration of a loop",
  cli: {
    command: "loop-evidence",
    place: 110,
    action: "add",
    prints: "json",
    notes:
      "Recording that something failed is no failure: the receipt is rejected and closes the gate. Recording it again\n" +
      "replaces it. The receipt of a conflict_attempt is kept beside the earlier ones instead.",
    examples: [
      `loop-evidence add auth --loop-run nightly --evidence-type ci_green --status green --metadata-json '{"command":"gh pr checks"}'`,
    ],
  },
  input: z.object({ ...toldFields, evidence_type: evidenceType, metadata, proof }),
});

/** `loop-evidence build-passed` (spec 05 §5.6). */
export const buildPassed = operation({
  path: "loops.buildPassed",
  ...RECORDING,
  summary: "Record that the build of an iteration passed, or did not",
  cli: {
    command: "loop-evidence",
    place: 120,
    action: "build-passed",
    action_aliases: ["build_passed"],
    prints: "json",
    examples: ["loop-evidence build-passed auth --loop-run nightly --artifact-path build.log"],
  },
  input: z.object({
    ...toldFields,
    evidence_type: z.literal("build_passed").default("build_passed").describe("build_passed, and nothing else"),
    metadata,
    proof,
  }),
});

/** `loop-evidence adversarial-check` (spec 05 §5.6). */
export const adversarialCheck = operation({
  path: "loops.adversarialCheck",
  ...RECORDING,
  summary: "Record how somebody tried to disprove an iteration, and what came of it",
  cli: {
    command: "loop-evidence",
    place: 130,
    action: "adversarial-check",
    action_aliases: ["adversarial_check"],
    prints: "json",
    examples: [
      'loop-evidence adversarial-check auth --loop-run nightly --failure-mode "tests pass by accident" --check "mutated the parser" --result "three tests failed"',
    ],
  },
  input: z.object({
    ...toldFields,
    failure_mode: nonBlank.describe("the strongest realistic way in which the result could be wrong"),
    check: nonBlank.describe("the command, test, trace, screenshot, audit or diff that was used against it"),
    result: nonBlank.describe("why that rules the risk out, or what stays open"),
  }),
});
