import { durationText, spaced } from "../lib/words.ts";
import type { Command } from "../live/operations.ts";
import { StateChip } from "./chip.tsx";
import { RelativeTime } from "./relative-time.tsx";

/** One entry of the command log: what was wanted, how far it got, and what stood in its way. */
export function CommandRow({ command }: { command: Command }) {
  const { type, state, task_name, error, created_at } = command;
  return (
    <li className="row lane-row">
      <StateChip key={state} state={state} />
      <span className="signal">{spaced(type)}</span>
      <span className="lane-task">{task_name ?? <span className="faint">no task</span>}</span>
      <span className="lane-detail">
        {detailsOf(command).join(", ")}
        {error !== null && <span className="error">{error}</span>}
      </span>
      <RelativeTime time={created_at} />
    </li>
  );
}

function detailsOf({ state, attempts, max_attempts, claimed_by, created_at, updated_at }: Command): string[] {
  const took_ms = Date.parse(updated_at) - Date.parse(created_at);
  return [
    state === "succeeded" && took_ms >= 1000 && `after ${durationText(took_ms)}`,
    state === "attempted" && claimed_by !== null && `by ${claimed_by}`,
    attempts > 1 && `attempt ${attempts} of ${max_attempts}`,
  ].filter((part) => part !== false);
}
