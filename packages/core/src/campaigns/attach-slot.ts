import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type campaignRows, canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { campaignOf, slotOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveOpenCampaign, resolveSlot } from "./find-campaign.ts";
import { slotWorker } from "./slot-worker.ts";

type Attaching = Input<"campaigns.attachSlot">;

/**
 * Put a worker into a slot; only what is given changes, and the state becomes active unless another is given. Throws
 * `not_found`, `ambiguous`, `conflicting_flags`, `no_active_binding`, and `precondition_failed` for a campaign that is over,
 * a session that is no worker, an archived slot that is not to be reopened, or a wish to archive it in this way.
 */
export async function attachSlot(ctx: Ctx, input: Attaching): Promise<Output<"campaigns.attachSlot">> {
  assertNoContradiction(input);
  return ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const before = resolveSlot(tx, { id: campaign_id, name }, input.slot);
    assertMayAttach(before, input);
    const worker = await slotWorker(tx, input, input.clear_thread ? null : before.codex_app_thread_id);
    const { clear_session, clear_thread, clear_task, metadata, state } = input;
    const after = await tx.db.campaign_worker_slots.update({
      where: { id: before.id },
      data: {
        ...(clear_thread && { codex_app_thread_id: null, codex_app_thread_title: null }),
        ...(clear_session && { session_id: null }),
        ...(clear_task && { task_id: null }),
        ...given(worker),
        ...{ state, metadata_json: metadata === undefined ? undefined : canonicalJson(metadata) },
        ...{ updated_at: tx.now, updated_seq: tx.seq() },
      },
    });
    const by = campaignActor(ctx, tx);
    const told = {
      entity: "slot",
      entity_id: after.id,
      change: "attached",
      from: before.state,
      to: state,
      by,
    } as const;
    await recordChange(tx, { id: campaign_id }, told);
    const { slot_key } = after;
    tx.tell("campaign_slot_attached", {
      actor: by,
      summary: `campaign ${name}: slot ${slot_key} attached`,
      correlation: { campaign_id, slot_id: after.id },
      attributes: {
        ...{ campaign_id, slot_id: after.id, slot_key, state },
        ...{ changed: changedFields(before, after), reopened: before.state === "archived" },
      },
    });
    const campaign = campaignOf(await campaignNow(tx, campaign_id));
    return { action: "attach-slot", campaign, slot: slotOf(after), updated: true };
  });
}

const CLEARED = [
  ["clear_session", "session_id", "--clear-session"],
  ["clear_thread", "thread_id", "--clear-thread"],
  ["clear_task", "task", "--clear-task"],
] as const;

function assertNoContradiction(input: Attaching): void {
  for (const [clear, set, flag] of CLEARED) {
    if (!input[clear] || input[set] === undefined) continue;
    throw new ConveyorError("conflicting_flags", `${flag} and --${set.replaceAll("_", "-")} contradict each other`, {
      hint: "give one of them",
    });
  }
}

function assertMayAttach({ state, slot_key }: campaignRows.SlotRow, input: Attaching): void {
  if (input.state === "archived") {
    throw new ConveyorError("precondition_failed", "a slot is archived with its exact thread id", {
      hint: "name the thread that it has: `conveyor campaign archive-slot --name NAME --slot SLOT --expected-thread-id ID`",
      details: { field: "state" },
    });
  }
  if (state !== "archived" || input.reopen) return;
  throw new ConveyorError("precondition_failed", `slot ${JSON.stringify(slot_key)} is archived`, {
    hint: "if it is to come back, say --reopen",
    details: { kind: "slot", slot_key, state },
  });
}

/** Without what leaves things as they are, which must not undo what was cleared. */
function given<Row extends object>(row: Row): Partial<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Partial<Row>;
}

const FIELDS = [
  ...(["session_id", "codex_app_thread_id", "codex_app_thread_title", "task_id", "state", "metadata_json"] as const),
];

function changedFields(before: campaignRows.SlotRow, after: campaignRows.SlotRow): string[] {
  return FIELDS.filter((field) => before[field] !== after[field]).map((field) => field.replace(/_json$/, ""));
}
