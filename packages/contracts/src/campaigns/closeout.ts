import { z } from "zod";
import { freeText, nonBlank } from "../bounds.ts";
import { count } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import {
  approvals,
  blockerCodes,
  campaign,
  campaignChange,
  campaignFields,
  campaignName,
  campaignSummary,
  closeoutVerdictField,
  nextManagerActionField,
  permissionToPublish,
} from "./entities.ts";
import { PROOF_CHECKS, PUBLISH_RULE, SLOT_LIFECYCLES, SLOT_STATES } from "./words.ts";

export const proofCheck = z.object({
  check: z.enum(PROOF_CHECKS),
  status: z.enum(["passed", "failed", "attention"]),
  evidence: z.string(),
});
export type ProofCheck = z.infer<typeof proofCheck>;

const report = z.object({
  verdict: closeoutVerdictField,
  campaign,
  next_manager_action: nextManagerActionField,
  summary: campaignSummary,
  approvals,
  blockers: z.array(z.string()),
  blocker_codes: blockerCodes,
  failure_mode: z.object({ strongest_realistic_failure_mode: z.string(), evidence: z.string() }),
  proof_checks: z.array(proofCheck),
  receipt_counts_by_assignment: z.array(
    z.object({ assignment_id: z.string(), receipt_count: count, slot_key: z.string() }),
  ),
  workers: z.array(
    z.object({
      slot_key: z.string(),
      state: z.enum(SLOT_STATES),
      lifecycle_state: z.enum(SLOT_LIFECYCLES),
      channel: z.string().nullable(),
      codex_app_thread_id: z.string().nullable(),
      codex_app_thread_title: z.string().nullable(),
      active_assignments: count,
      asset_receipts: count,
      receipt_ids: z.array(z.string()),
      blockers: z.array(z.string()),
    }),
  ),
  left_out: z
    .object({ assignments: count, workers: count, receipt_ids: count, blockers: count })
    .describe("how many are not listed; a larger --limit lists more. The checks look at all of them"),
  permission_to_publish: permissionToPublish,
});

/** `campaign closeout` (spec 06 §6.5): reads, and changes nothing. */
export const closeout = operation({
  path: "campaigns.closeout",
  kind: "query",
  summary: "Say whether a campaign may be closed, and what shows it; changes nothing",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "campaign",
    place: 140,
    action: "closeout",
    prints: "text",
    notes: PUBLISH_RULE,
    examples: ["campaign closeout --name launch", "campaign closeout --name launch --json"],
  },
  input: z.object({
    name: campaignName,
    failure_mode: freeText.optional().describe("the strongest realistic way in which this could look done and is not"),
    limit: campaignFields.page
      .default(1000)
      .describe("at most this many workers, assignments, blockers, and receipt ids in all"),
  }),
  output: report.extend({ action: z.literal("closeout") }),
});
export type CloseoutReport = z.infer<typeof report>;

/** `campaign close` (spec 06 §6.12 item 1). */
export const close = operation({
  path: "campaigns.close",
  kind: "mutation",
  summary: "Close a campaign whose closeout is ready, or one that is not with --force and a reason",
  ledger: "write",
  refuses: [...BY_NAME, "gate_failed"],
  cli: {
    command: "campaign",
    place: 150,
    action: "close",
    prints: "text",
    notes: PUBLISH_RULE,
    examples: [
      "campaign close --name launch",
      'campaign close --name launch --force --reason "one channel was called off"',
    ],
  },
  input: z.object({
    name: campaignName,
    force: z.boolean().default(false).describe("close it although its closeout is not ready; needs --reason"),
    reason: nonBlank.optional().describe("why, for the history"),
  }),
  output: z.object({
    action: z.literal("close"),
    campaign,
    closed: z.boolean().describe("false: it was closed already"),
    forced: z.boolean(),
    verdict: closeoutVerdictField,
    change: campaignChange.nullable(),
    permission_to_publish: permissionToPublish,
  }),
});
