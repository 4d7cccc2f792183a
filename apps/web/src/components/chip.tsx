import { spaced } from "../lib/words.ts";

export type Tone = "neutral" | "busy" | "good" | "warn" | "bad";

/** What the states of tasks and commands mean to a person who glances at them. */
const TONES: Record<string, Tone> = {
  candidate: "neutral",
  managed: "busy",
  paused: "warn",
  done: "good",
  failed: "bad",
  pending: "neutral",
  attempted: "busy",
  succeeded: "good",
  blocked: "warn",
};

/** The state of a task or a command. The word carries the meaning; the colour only helps. */
export function StateChip({ state }: { state: string }) {
  return (
    <span key={state} className="chip" data-tone={TONES[state] ?? "neutral"}>
      {spaced(state)}
    </span>
  );
}
