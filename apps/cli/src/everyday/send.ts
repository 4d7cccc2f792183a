import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";

const STAGES: Readonly<Record<Output<"everyday.send">["stage"], string>> = {
  refused: "✗ refused",
  queued: "… queued",
  accepted: "→ there",
  seen: "✓ seen",
  acted: "✓ at work on it",
  done: "✓ done",
};

function sentText({ session, stage, why, timed_out, elapsed_seconds }: Output<"everyday.send">): string {
  const late = timed_out ? ` (no further within ${elapsed_seconds} s)` : "";
  return `${STAGES[stage]}: ${session}${late}${why === null ? "" : `; ${why}`}\n`;
}

/** `send`: how far the message has come (spec 10.3). */
export const send = presents("everyday.send", {
  text: sentText,
  exitCode: ({ stage, timed_out }) => (stage === "refused" ? 1 : timed_out ? 124 : 0),
});
