import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural } from "../print/text.ts";

function adoptedText(answer: Output<"system.adoptLedger">): string {
  const { adopted, ledger_path, detached_sessions, pending_messages } = answer;
  if (!adopted) return `${ledger_path} is yours already\n`;
  return lines(
    `${ledger_path} is yours now`,
    detached_sessions > 0 &&
      `${plural(detached_sessions, "session")} lost what was recorded of another host: register again`,
    pending_messages > 0 && `${plural(pending_messages, "message")} will be delivered`,
  );
}

/** `adopt-ledger` (spec 00, ruling 9): asks on a terminal. */
export const adoptLedger = presents("system.adoptLedger", {
  text: adoptedText,
  confirm: "adopt it",
});
