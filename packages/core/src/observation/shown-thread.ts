import type { CycleStatus } from "@conveyor/contracts";
import type { TitleMeaning, TurnReport } from "@conveyor/host";

/** What `cycle` reports about turns once the title of the pane was read as well. */
export interface HeardTitle extends Pick<TurnReport, "state" | "task_completed"> {
  conflict: CycleStatus["conflict"];
}

/**
 * Where the title of the pane disagrees with the rollout, the rollout is not the whole truth: the pane shows another thread
 * (after /clear), or a turn of which no record came. Then nothing counts as complete, and idle is not claimed. Pure.
 */
export function hearTitle(
  report: Pick<TurnReport, "state" | "task_completed">,
  title: { meaning: TitleMeaning | null; shows_own_thread: boolean | null },
): HeardTitle {
  const { state, task_completed } = report;
  const is_busy = title.meaning === "busy";
  if (title.shows_own_thread === false) {
    return { state: is_busy ? "busy" : "unknown", task_completed: false, conflict: "other_thread" };
  }
  if (is_busy && state === "idle") return { state: "busy", task_completed: false, conflict: "busy_title" };
  return { state, task_completed, conflict: null };
}
