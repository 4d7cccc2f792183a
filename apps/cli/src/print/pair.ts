import type { DispatcherNeed, LeaseState, PairStatus } from "@conveyor/contracts";
import { lines, plural, type View } from "./text.ts";

type Lease = { state: LeaseState; age_seconds: number | null; source?: string | null };

const PAINT = { healthy: "green", stale: "yellow", missing: "yellow" } as const satisfies Record<LeaseState, string>;

function leaseText({ state, age_seconds, source }: Lease, view: View): string {
  const since = source === "registration" ? "registered" : "heard of";
  const age = age_seconds === null ? "never heard of" : `${since} ${age_seconds} s ago`;
  return `${view.colour[PAINT[state]](state)}, ${age}`;
}

/** Whether the pair goes on by itself, in one line. */
export function pairLine({ task, ok }: PairStatus, { colour }: View): string {
  return `pair of task ${task.name}: ${ok ? colour.green("ok") : colour.yellow("attention required")}`;
}

/** The dispatcher in one line, with how to start it when it is needed. */
export function dispatcherLines({ dispatch }: PairStatus, need: DispatcherNeed, view: View): string {
  return lines(
    `dispatcher ${dispatch.dispatcher_id}: ${leaseText(dispatch, view)}`,
    need.required && `  start it: ${need.command}`,
  );
}

/** A pair as a person reads it: whether it is well, who lives, and what to do (spec 06 §6.2). */
export function pairText(status: PairStatus, view: View): string {
  const { dispatch, manager, worker, next_actions } = status;
  return lines(
    pairLine(status, view),
    `dispatcher ${dispatch.dispatcher_id}: ${leaseText(dispatch, view)}`,
    `manager ${manager.name} (${manager.session_kind}): ${leaseText(manager.lease, view)}`,
    `worker ${worker.name} (${worker.session_kind}): ${leaseText(worker.lease, view)}`,
    next_actions.map(({ kind, reason, prompt }) => `next: ${kind} (${reason}): ${prompt}`),
  );
}

/** An app thread as a person reads it. */
export function threadText({ id, title }: { id: string | null; title: string | null }): string {
  if (id === null) return "no app thread is registered";
  return title === null ? `thread ${id}` : `thread ${id} (${title})`;
}

/** A prompt to copy, set apart from what stands around it. */
export function promptBlock(prompt: string): string {
  return `\n${prompt}\n\n`;
}

/** How many messages wait, and since when. */
export function waitingText({
  pending_count,
  oldest_age_seconds,
}: {
  pending_count: number;
  oldest_age_seconds: number | null;
}): string {
  if (pending_count === 0) return "inbox: nothing waits";
  return `inbox: ${plural(pending_count, "message")} waiting, the oldest for ${oldest_age_seconds} s`;
}
