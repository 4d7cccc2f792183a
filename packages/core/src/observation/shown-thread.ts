import { dirname } from "node:path";
import type { CycleStatus } from "@conveyor/contracts";
import {
  sessionsRootOf,
  type TitleMeaning,
  type TurnReport,
  threadNameOfTitle,
  threadNames,
  titleNamesThread,
} from "@conveyor/host";

/**
 * Which thread the pane of a session shows, by the name in its title (Codex 0.171): `names` answers whether that is this
 * one, null where the title or the index of names does not tell. `path` is any rollout of the agent's home.
 */
export function shownThread(title: string | null, path: string | null): (thread_id: string | null) => boolean | null {
  const root = path === null ? null : sessionsRootOf(path);
  if (root === null || threadNameOfTitle(title) === null) return () => null;
  const names = threadNames(dirname(root));
  return (thread_id) => {
    const name = thread_id === null ? undefined : names.get(thread_id);
    return name === undefined ? null : titleNamesThread(title, name);
  };
}

/** What cycle tells of the turns, once the title of the pane was asked too. */
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
