import { spaced } from "../lib/words.ts";
import type { DeliveredItem } from "../live/operations.ts";

export type Tone = "neutral" | "busy" | "good" | "warn" | "bad";

/** What states and answers mean to a person who glances at them. */
const TONES: Record<string, Tone> = {
  candidate: "neutral",
  managed: "busy",
  paused: "warn",
  done: "good",
  failed: "bad",
  refused: "warn",
  pending: "neutral",
  attempted: "busy",
  succeeded: "good",
  delivered: "good",
  blocked: "warn",
  received: "busy",
  accepted: "good",
};

/** The state of a task or of what Dispatch carries. The word carries the meaning; the colour only helps. */
export function StateChip({ state }: { state: string }) {
  return (
    <span key={state} className="chip" data-tone={TONES[state] ?? "neutral"}>
      {spaced(state)}
    </span>
  );
}

/** What a role answered to a message. */
export function AnswerChip({ answer }: { answer: NonNullable<DeliveredItem["acknowledgement"]> }) {
  const { status, role, created_at } = answer;
  return (
    <span
      key={status}
      className="chip"
      data-tone={TONES[status]}
      title={`${role} answered ${new Date(created_at).toLocaleString()}`}
    >
      {status}
    </span>
  );
}
