import { z } from "zod";
import { counter, printable, reference, rowCount } from "../bounds.ts";
import { count, jsonObject, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { evidenceStanding } from "./entities.ts";

/** A receipt as it is browsed. */
export const listedReceipt = z.object({
  criterion_id: z.int(),
  iteration: count,
  evidence_type: z.string(),
  attempt: count,
  status: z.string(),
  source: z.string(),
  proof: z.string().nullable(),
  evidence: jsonObject,
  counts: z.boolean().describe("whether it is the newest of its iteration and type, which is the one that counts"),
  standing: evidenceStanding.shape.state.describe("what the gate makes of it, were it required"),
  opens: z.array(z.enum(["continue", "merge", "finish"])).describe("the gates that ask for it and that it satisfies"),
  created_at: timestamp,
  updated_at: timestamp,
  versions: z
    .array(
      z.object({
        at: timestamp,
        actor: z.string(),
        status: z.string(),
        proof: z.string().nullable(),
        evidence: jsonObject,
        sha256: z.string().describe("hash of the evidence as it was"),
      }),
    )
    .nullable()
    .describe("with --history: how it was each time that it was recorded, oldest first, as far as the audit reaches"),
  sha256: z.string().describe("hash of the evidence"),
});
export type ListedReceipt = z.infer<typeof listedReceipt>;

/** `loop-evidence list` (spec 05 §9). */
export const listEvidence = operation({
  path: "loops.listEvidence",
  kind: "query",
  summary: "List the evidence of a loop, how it stands, and how it came to be",
  ledger: "read",
  refuses: [...BY_NAME, ...LOOP_RUN],
  cli: {
    command: "loop-evidence",
    place: 170,
    action: "list",
    prints: "json",
    examples: ["loop-evidence list auth --run nightly --iteration 2 --history"],
  },
  input: z.object({
    task: taskArgument,
    run: reference.optional().describe("id or name of the loop's run; default: the newest open loop of the task"),
    iteration: counter.optional().describe("only of this iteration"),
    evidence_type: printable(200).optional().describe("only of this type"),
    history: z.boolean().default(false).describe("also how each was before, as the audit tells it"),
    limit: rowCount.default(500).describe("only the newest this many; 0 lists all"),
  }),
  output: z.object({
    task: taskRefObject,
    run: z.object({ id: z.string(), name: z.string(), current_iteration: count, max_iterations: count }),
    total: count.describe("all that fit, not only those listed"),
    receipts: z.array(listedReceipt).describe("newest iteration first, in it by type"),
  }),
});
