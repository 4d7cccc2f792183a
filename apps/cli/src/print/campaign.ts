import type { Output } from "@conveyor/contracts";
import { plural } from "./text.ts";

/** Said wherever the status of an asset is set or shown (spec 06 §6.4). */
export const GRANTS_NOTHING = "a status records what people decided elsewhere; it is no permission to publish";

/** That what was written was read again, and where. */
export function readbackLine({ campaign_id, checks }: Output<"campaigns.create">["ledger_readback"]): string {
  const entities = checks.map(({ entity, key }) => `${entity} ${key}`).join(", ");
  return `read back from the ledger: ${campaign_id} (${plural(checks.length, "row")}: ${entities})`;
}

/** A slot as it is now. */
export function slotLine({ slot_key, state, codex_app_thread_id }: Output<"campaigns.attachSlot">["slot"]): string {
  return `slot ${slot_key}: ${state}, ${codex_app_thread_id === null ? "no thread" : `thread ${codex_app_thread_id}`}`;
}

/** What followed what, or that it stood so already. */
export function stepText(change: { from: string | null; to: string | null } | null, now: string): string {
  return change === null ? `${now} (as before)` : `${change.from} -> ${change.to}`;
}

/** Counts that are not zero, each with its name. */
export function someCounts(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, amount]) => amount > 0);
  return some.map(([name, amount]) => `${amount} ${name.replaceAll("_", " ")}`).join(", ") || "none";
}

type Summary = Output<"campaigns.dashboard">["summary"];

/** How many workers are in what. */
export function workersLine({ active_slots, blocked_slots, stale_slots, archived_slots }: Summary): string {
  return `workers: ${active_slots} active, ${blocked_slots} blocked, ${stale_slots} stale, ${archived_slots} archived`;
}

/** What a manager does next, and why. */
export function nextLine({ action, reason }: Output<"campaigns.dashboard">["next_manager_action"]): string {
  return `next: ${action} (${reason})`;
}
