import { dispatchRows, type FastTx } from "@conveyor/store";
import { secondsAfter } from "../delivery/back-off.ts";
import type { Sent } from "./tmux-push.ts";

/**
 * How long a submitted text is looked for while the agent's rollout stands still. What is typed into a running turn is
 * recorded when the agent takes it, which may be after a long command.
 */
const LOOK_FOR_SECONDS = 600;

export const UNCONFIRMED = "typed and submitted; the agent has not recorded it yet";
export const UNPROVABLE =
  "typed and submitted, but nothing shows that the agent took it; look at the terminal before sending it again";

/** What is known of a text that was sent: without a record to look into nothing ever proves it (ruling 2 of spec 00). */
export function submissionOf({ result, place }: Sent): "confirmed" | "unconfirmed" | "unprovable" {
  if (result.submission === "confirmed") return "confirmed";
  return place === null ? "unprovable" : "unconfirmed";
}

/** Until when a text is looked for that was submitted now, or whose agent has just written something else. */
export function lookUntil(now: string): string {
  return secondsAfter(now, LOOK_FOR_SECONDS);
}

/** Leave an item to later passes to look for. Returns false when it is not held like this any more. */
export function parkItem(tx: FastTx, held: dispatchRows.HeldItem, { place }: Sent): boolean {
  return place !== null && dispatchRows.submitItem(tx, held, place, lookUntil(tx.now));
}
