import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { campaignRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type CampaignNow, openAssignments, readCampaign } from "./campaign-now.ts";
import { campaignOf } from "./campaign-rows.ts";
import { assertIsNoWorker, campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { approvalsOf, type JudgedSlot, judgedSlots } from "./dashboard.ts";
import { resolveCampaign } from "./find-campaign.ts";
import { closeoutVerdict, failureMode, proofChecks, summaryOf } from "./verdicts/closing.ts";
import { slotLifecycle } from "./verdicts/lifecycle.ts";
import { nextManagerAction } from "./verdicts/next-action.ts";
import { total } from "./verdicts/snapshot.ts";

/**
 * Whether a campaign may be closed, and what shows it (spec 06 §6.5); changes nothing. The verdict and the checks look at all
 * of it, the lists hold at most `limit`. Throws `not_found`, `ambiguous`.
 */
export async function closeout(ctx: Ctx, input: Input<"campaigns.closeout">): Promise<Output<"campaigns.closeout">> {
  return ctx.store.peek((tx) => {
    const campaign = resolveCampaign(tx, input.name);
    const now = readCampaign(tx, campaign.id);
    const { snapshot } = now;
    const judged = judgedSlots(now);
    const blockers = judged.flatMap((slot) => slot.blockers);
    const counts = campaignRows.receiptCounts(tx, campaign.id, input.limit);
    const receipts = campaignRows.receiptIds(tx, campaign.id, input.limit);
    const summary = summaryOf(snapshot);
    const rest = (all: number, shown: number) => Math.max(0, all - shown);
    return {
      action: "closeout",
      verdict: closeoutVerdict(snapshot),
      campaign: campaignOf(campaign),
      next_manager_action: nextManagerAction(snapshot),
      summary,
      approvals: approvalsOf(now.assets.all),
      blockers: blockers.slice(0, input.limit).map(({ text }) => text),
      blocker_codes: blockers.slice(0, input.limit).map(({ code }) => code),
      failure_mode: failureMode(snapshot, input.failure_mode),
      proof_checks: proofChecks(snapshot, campaignRows.receiptFacts(tx, campaign.id)),
      receipt_counts_by_assignment: counts,
      workers: judged.slice(0, input.limit).map((slot) => workerOf(now, slot, receipts)),
      left_out: {
        assignments: rest(summary.assignment_total, counts.length),
        workers: rest(judged.length, input.limit),
        receipt_ids: rest(summary.asset_total, receipts.length),
        blockers: rest(blockers.length, input.limit) + now.blockers_left_out,
      },
      permission_to_publish: false,
    };
  });
}

function workerOf(
  { snapshot, assignments, assets }: CampaignNow,
  { row, facts, blockers }: JudgedSlot,
  receipts: readonly { slot_id: string; id: string }[],
): Output<"campaigns.closeout">["workers"][number] {
  return {
    slot_key: row.slot_key,
    state: facts.state,
    lifecycle_state: slotLifecycle(facts, snapshot.now).state,
    channel: row.channel,
    codex_app_thread_id: row.codex_app_thread_id,
    codex_app_thread_title: row.codex_app_thread_title,
    active_assignments: openAssignments(assignments.of(row.id)),
    asset_receipts: total(assets.of(row.id)),
    receipt_ids: receipts.filter(({ slot_id }) => slot_id === row.id).map(({ id }) => id),
    blockers: blockers.map(({ text }) => text),
  };
}

/**
 * Close a campaign. One that is closed already answers so and changes nothing. Throws `not_found`, `ambiguous`,
 * `precondition_failed` for one that is archived, `permission_denied` for whoever does the work, `gate_failed` when its
 * closeout is not ready and that is not forced, `invalid_input` when it is forced without a reason.
 */
export async function close(ctx: Ctx, input: Input<"campaigns.close">): Promise<Output<"campaigns.close">> {
  return ctx.store.write(async (tx) => {
    const campaign = resolveCampaign(tx, input.name);
    const { id, name, status: from } = campaign;
    const verdict = closeoutVerdict(readCampaign(tx, id).snapshot);
    const answer = { action: "close", verdict, permission_to_publish: false } as const;
    if (from === "done") {
      return { ...answer, campaign: campaignOf(campaign), closed: false, forced: false, change: null };
    }
    if (from === "archived") {
      throw new ConveyorError("precondition_failed", `campaign ${JSON.stringify(name)} is archived`, {
        hint: "it is over already; nothing is to be done",
        details: { kind: "campaign", id, status: from },
      });
    }
    const by = campaignActor(ctx, tx);
    assertIsNoWorker(by, "close a campaign");
    const forced = verdict !== "ready_to_close";
    if (forced) assertForced(tx, campaign, verdict, input);
    await tx.db.campaigns.update({ where: { id }, data: { status: "done" } });
    const told = { entity: "campaign", entity_id: id, change: "closed", from, to: "done", forced, by } as const;
    const change = await recordChange(tx, campaign, { ...told, reason: input.reason });
    tx.tell("campaign_closed", {
      actor: by,
      severity: forced ? "warning" : "info",
      summary: `campaign ${name} closed${forced ? ` although its closeout was ${verdict}` : ""}`,
      correlation: { campaign_id: id },
      attributes: { campaign_id: id, verdict, forced },
    });
    return { ...answer, campaign: campaignOf(await campaignNow(tx, id)), closed: true, forced, change };
  });
}

function assertForced(
  tx: FastTx,
  { id, name }: { id: string; name: string },
  verdict: string,
  { force, reason }: Input<"campaigns.close">,
): void {
  if (force && reason !== undefined) return;
  if (force) {
    throw new ConveyorError("invalid_input", "reason: a campaign that is not ready is closed only with a reason", {
      hint: 'add --reason "…"',
      details: { field: "reason", verdict },
    });
  }
  const { snapshot } = readCampaign(tx, id);
  const { action, reason: because } = nextManagerAction(snapshot);
  const failed = proofChecks(snapshot, campaignRows.receiptFacts(tx, id)).filter(({ status }) => status !== "passed");
  throw new ConveyorError("gate_failed", `campaign ${JSON.stringify(name)} is not ready to be closed: ${verdict}`, {
    hint: `next: ${action} (${because}); \`conveyor campaign closeout --name ${shellQuote(name)}\` shows all of it, --force --reason "…" closes it nevertheless`,
    details: { verdict, next_manager_action: { action, reason: because }, proof_checks: failed },
  });
}
