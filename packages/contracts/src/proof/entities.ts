import { z } from "zod";
import { checkRun, subject } from "../checks/entities.ts";
import { CHECK_KINDS, CHECK_RUN_STATES, PROOF_POLICIES, PROOF_STATES } from "../checks/words.ts";
import { count, taskRefObject } from "../common.ts";

const checkStanding = z.object({
  check_id: z.int(),
  name: z.string(),
  kind: z.enum(CHECK_KINDS),
  accepted: z.boolean(),
  revision: z.int(),
  run_id: z.int().nullable().describe("its newest run"),
  run_state: z.enum(CHECK_RUN_STATES).nullable(),
  reason: z.string().nullable().describe("why that run did not pass"),
  on_present_subject: z.boolean().describe("whether that run looked at the files as they are now"),
});

const criterionProof = z.object({
  criterion_id: z.int(),
  criterion: z.string(),
  status: z.string(),
  state: z.enum(PROOF_STATES),
  reason: z.string().describe("why it is in this state"),
  next: z.string().nullable().describe("the command that brings it further; null when nothing is left to do"),
  isolated: z.boolean().describe("whether every check that proves it ran on a fresh copy of the commit"),
  checks: z.array(checkStanding),
});
export type CriterionProof = z.infer<typeof criterionProof>;

/** How far the criteria of a task are proven (spec 09 §9.4). */
export const proofReport = z.object({
  task: taskRefObject,
  policy: z.enum(PROOF_POLICIES).describe("what a finish demands"),
  ok: z.boolean().describe("whether every criterion that was accepted is verified or waived"),
  subject: subject.nullable().describe("the files as they are now; null when no check has to know"),
  criteria: z.array(criterionProof),
  summary: z.record(z.enum(PROOF_STATES), count),
});
export type ProofReport = z.infer<typeof proofReport>;

export const verification = proofReport.extend({ runs: z.array(checkRun).describe("what was run now") });
