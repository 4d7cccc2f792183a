import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { campaignRows, type FastTx, type WriteTx } from "@conveyor/store";
import { recordRotationWithin } from "../autonomy/record-rotation.ts";
import type { Ctx } from "../ctx.ts";
import { liveBindingOf } from "../shared/references.ts";
import { campaignOf, slotOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveLivingSlot, resolveOpenCampaign } from "./find-campaign.ts";
import { slotWorker } from "./slot-worker.ts";

/**
 * Record that a fresh thread took a slot over. Throws `not_found`, `ambiguous`, `conflict` when the slot has another thread
 * than expected or something else has the fresh one, `precondition_failed` for a campaign or slot that is over or a session
 * that is no worker; nothing has changed then.
 */
export async function rotateSlot(
  ctx: Ctx,
  input: Input<"campaigns.rotateSlot">,
): Promise<Output<"campaigns.rotateSlot">> {
  return ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const before = resolveLivingSlot(tx, { id: campaign_id, name }, input.slot);
    const { expected_thread_id, thread_id, state } = input;
    assertExpectedThread(before, expected_thread_id);
    assertFreshThread(tx, before, thread_id);
    if (state === "archived") {
      throw new ConveyorError("precondition_failed", "a slot that gets a fresh thread cannot be over at once", {
        hint: "leave --state out, or archive the slot instead",
        details: { field: "state" },
      });
    }
    const worker = await slotWorker(tx, { session_id: input.session_id }, thread_id);
    const rotation_receipt = await rotateTaskWorker(ctx, tx, before, input);
    const after = await tx.db.campaign_worker_slots.update({
      where: { id: before.id },
      data: {
        ...{ codex_app_thread_id: thread_id, codex_app_thread_title: input.thread_title },
        ...{ session_id: worker.session_id, state, updated_at: tx.now, updated_seq: tx.seq() },
      },
    });
    const by = campaignActor(ctx, tx);
    const { id: slot_id, slot_key } = after;
    const moved = { from: expected_thread_id, to: thread_id };
    await recordChange(
      tx,
      { id: campaign_id },
      { entity: "slot", entity_id: slot_id, change: "rotated", ...moved, by },
    );
    tx.tell("campaign_slot_rotated", {
      actor: by,
      summary: `campaign ${name}: slot ${slot_key} rotated`,
      correlation: { campaign_id, slot_id },
      attributes: {
        ...{ campaign_id, slot_id, slot_key, state },
        ...{ old_thread_id: expected_thread_id, new_thread_id: thread_id },
      },
    });
    const campaign = campaignOf(await campaignNow(tx, campaign_id));
    return {
      action: "rotate-slot",
      campaign,
      expected_thread_id,
      slot: slotOf(after),
      updated: true,
      rotation_receipt,
    };
  });
}

/**
 * The worker of the task that a slot stands for moves along, in the same transaction and with all guards of a rotation; null
 * where there is no such task any more, or its worker is no app thread, whose session follows its terminal by itself.
 */
async function rotateTaskWorker(
  ctx: Ctx,
  tx: WriteTx,
  { task_id }: campaignRows.SlotRow,
  { expected_thread_id, thread_id, thread_title }: Input<"campaigns.rotateSlot">,
): Promise<string | null> {
  const binding = task_id === null ? null : await liveBindingOf(tx, task_id);
  if (task_id === null || !binding?.worker_session?.codex_app_thread_id) return null;
  const { receipt } = await recordRotationWithin(ctx, tx, {
    task: task_id,
    old_worker_thread_id: expected_thread_id,
    new_worker_thread_id: thread_id,
    new_worker_thread_title: thread_title,
    archive_status: "archived",
    reason: "its campaign slot was rotated",
  });
  return receipt.event_id;
}

/** Throws `conflict` unless the slot has exactly this thread now. */
export function assertExpectedThread(
  { id, slot_key, codex_app_thread_id }: campaignRows.SlotRow,
  expected_thread_id: string,
): void {
  if (codex_app_thread_id === expected_thread_id) return;
  const has = codex_app_thread_id === null ? "no thread" : `thread ${JSON.stringify(codex_app_thread_id)}`;
  throw new ConveyorError(
    "conflict",
    `slot ${JSON.stringify(slot_key)} has ${has}, not ${JSON.stringify(expected_thread_id)}; nothing was changed`,
    {
      hint:
        codex_app_thread_id === null
          ? "give it one with `conveyor campaign attach-slot --name NAME --slot SLOT --thread-id ID`, then name that"
          : "read the dashboard again, and name the thread that it shows",
      details: { kind: "slot", id, slot_key, codex_app_thread_id, expected_thread_id },
    },
  );
}

function assertFreshThread(tx: FastTx, slot: campaignRows.SlotRow, thread_id: string): void {
  if (slot.codex_app_thread_id === thread_id) {
    throw new ConveyorError("conflict", `${JSON.stringify(thread_id)} is the thread that the slot has already`, {
      hint: "name the fresh thread with --thread-id",
      details: { kind: "slot", id: slot.id, thread_id },
    });
  }
  const holder = campaignRows.slotHolding(tx, thread_id, slot.id);
  if (holder === undefined) return;
  throw new ConveyorError(
    "conflict",
    `thread ${JSON.stringify(thread_id)} works in slot ${JSON.stringify(holder.slot_key)} of campaign ${JSON.stringify(holder.campaign_name)}`,
    { hint: "name a fresh thread of its own", details: { kind: "slot", ...holder, thread_id } },
  );
}
