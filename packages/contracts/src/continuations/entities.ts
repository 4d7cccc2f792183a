import { z } from "zod";
import { jsonObject, role, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { AGREEMENTS, VERDICTS } from "./words.ts";

const proposalFields = {
  id: z.int(),
  task_id: z.string(),
  proposer: role,
  revision: z.int().describe("counts the proposals of this side of the task"),
  correlation_id: z.string().describe("the turn that it belongs to"),
  after_disclosure: z
    .boolean()
    .describe("of a manager: somebody may have read the worker's proposal to it before this was written"),
  created_at: timestamp,
};

/** A proposal with what was proposed (spec 04 §3.4). */
export const continuation = z.object({ ...proposalFields, payload: content(jsonObject, "whole") });
export type Proposal = z.infer<typeof continuation>;

/** A proposal in a list: with its payload, or with the note that it is withheld. */
export const listedContinuation = z.object({
  ...proposalFields,
  payload: content(jsonObject.optional(), "whole"),
  payload_redacted: z.literal(true).optional(),
});
export type ListedProposal = z.infer<typeof listedContinuation>;

/** The verdict of a third party on a pair of proposals (spec 04 §3.4, §4.11). */
export const continuationReview = z.object({
  id: z.int(),
  task_id: z.string(),
  worker_continuation_id: z.int(),
  manager_continuation_id: z.int(),
  agreement: z.enum(AGREEMENTS),
  verdict: z.enum(VERDICTS),
  addendum: z.string().nullable(),
  rationale: z.string(),
  subagent_run: content(jsonObject, "record"),
  operator_routing_required: z.boolean().describe("a person has to decide before anything goes on"),
  correlation_id: z.string(),
  created_at: timestamp,
});
export type ContinuationReview = z.infer<typeof continuationReview>;
