import type { BlockerCode } from "@conveyor/contracts/campaigns/words";
import { slotLifecycle } from "./lifecycle.ts";
import type { SlotFacts } from "./snapshot.ts";

/** Something that stands in the way, for people and for programs. */
export interface Blocker {
  code: BlockerCode;
  text: string;
}

/** What stands in the way of a slot, in the order of spec 06 §6.4.3. An archived slot has none. Pure. */
export function slotBlockers(slot: SlotFacts, now: Date): Blocker[] {
  if (slot.state === "archived") return [];
  const { state } = slotLifecycle(slot, now);
  const key = JSON.stringify(slot.slot_key);
  const found: Blocker[] = [];
  if (slot.state === "blocked") found.push({ code: "slot_blocked", text: `slot ${key} is blocked` });
  if (state === "needs_session") found.push({ code: state, text: `slot ${key} needs a session` });
  if (state === "needs_thread") found.push({ code: state, text: `slot ${key} needs an app thread` });
  if (state === "stale") found.push({ code: state, text: `the worker of slot ${key} is stale` });
  for (const title of slot.blocked_assignments) {
    found.push({ code: "assignment_blocked", text: `assignment ${JSON.stringify(title)} is blocked` });
  }
  for (const title of slot.rejected_assets) {
    found.push({ code: "asset_rejected", text: `asset ${JSON.stringify(title)} was rejected` });
  }
  return found;
}
