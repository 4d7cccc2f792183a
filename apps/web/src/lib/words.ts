import type { AgentStatus, SessionListItem, TaskListItem } from "../live/operations.ts";

const STEPS = [
  { unit: "min", seconds: 60 },
  { unit: "h", seconds: 3600 },
  { unit: "d", seconds: 86_400 },
] as const;

/** `0 s`, `42 s`, `5 min`, `3 h`, `2 d`: rounded down to one unit. */
export function durationText(duration_ms: number): string {
  const seconds = Math.max(0, Math.floor(duration_ms / 1000));
  const step = STEPS.findLast((one) => seconds >= one.seconds);
  return step === undefined ? `${seconds} s` : `${Math.floor(seconds / step.seconds)} ${step.unit}`;
}

/** A count that may have stopped at a limit: `2000+` is at least so many. */
export function counted(count: number, limit: number): string {
  return count >= limit ? `${count}+` : String(count);
}

/** A name of a record's value as people write it: `notify_manager` becomes `notify manager`. */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

/** The same as the beginning of a line. */
export function sentence(name: string): string {
  const text = spaced(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A text as the beginning of a line, every name in it as it is written. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How the states of a task are called on the page. */
export const TASK_WORDS: Readonly<Record<TaskListItem["state"], string>> = {
  candidate: "Not started",
  managed: "Active",
  paused: "Paused",
  done: "Done",
  failed: "Failed",
};

/** Whether nothing can be done about a task any more. */
export function isTaskClosed({ state }: Pick<TaskListItem, "state">): boolean {
  return state === "done" || state === "failed";
}

/** What a message is called, by the command or signal that it travels as. */
export function messageWord(type: string): string {
  return MESSAGE_WORDS[type] ?? sentence(type);
}

const MESSAGE_WORDS: Readonly<Record<string, string>> = {
  notify_manager: "Report",
  nudge_worker: "Instruction",
  continue_iteration: "Next round",
  worker_task_complete: "Finished a turn",
  finish_task: "Finish",
  stop_task: "Stop",
};

/** How a session gets its messages. */
export function reachWord({ communication: { can_receive_push } }: Pick<SessionListItem, "communication">): string {
  return can_receive_push ? "can be typed to" : "collects its mail";
}

const SOURCE_WORDS: Readonly<Record<AgentStatus["sources"][number], string>> = {
  rollout: "session log",
  tmux: "screen",
  process: "process",
};

/** Where a state was seen: `from session log and screen`; empty when nobody looked. */
export function sourceText({ sources }: Pick<AgentStatus, "sources">): string {
  return sources.length === 0 ? "" : `from ${sources.map((source) => SOURCE_WORDS[source]).join(" and ")}`;
}
