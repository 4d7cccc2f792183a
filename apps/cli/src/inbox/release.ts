import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { plural } from "../print/text.ts";

function releasedText({ notification, released, delivery_count }: Output<"inbox.release">): string {
  const item = `#${notification.id} ${notification.signal_type}`;
  const where = `in the inbox of ${notification.target_session_name}`;
  return released
    ? `${item} is back ${where}; it has lain there ${plural(delivery_count, "time")}\n`
    : `${item} lay ${where} already\n`;
}

/** `inbox-release` (spec 03 §13 item 3). */
export const release = presents("inbox.release", { text: releasedText });
