import type { NoticeSink, NotifySettings } from "@conveyor/contracts";
import { URGENCIES, type Urgency } from "@conveyor/contracts/notifications/words";

/** What decides who gets a notification. */
export interface NoticeFacts {
  kind: string;
  urgency: string;
  task_name: string | null;
  created_at: string;
}

/** Older than this when it is first looked at, a notification is history, in milliseconds. */
const STALE_MS = 60 * 60 * 1000;
/** Waits between tries, in seconds; after the last one a delivery has failed. About a day in all. */
const BACK_OFF_SECONDS = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800] as const;

const rank = (urgency: string) => URGENCIES.indexOf(urgency as Urgency);

/** Whether a sink wants it: its kinds, its tasks, its urgency. Pure. */
export function wants(sink: NoticeSink, { kind, urgency, task_name }: NoticeFacts): boolean {
  const { kinds, tasks, urgency: least = "low" } = sink;
  if (kinds !== undefined && !(kinds as readonly string[]).includes(kind)) return false;
  if (tasks !== undefined && (task_name === null || !tasks.includes(task_name))) return false;
  return rank(urgency) >= rank(least);
}

/** Who gets it, and from when on; nobody gets what is history already. Pure. */
export function plannedFor(
  notice: NoticeFacts,
  { sinks, quiet_hours }: NotifySettings,
  now: Date,
): { sink: string; due_at: string }[] {
  if (now.getTime() - Date.parse(notice.created_at) > STALE_MS) return [];
  const quiet_until = notice.urgency === "high" ? null : endOfQuiet(quiet_hours, now);
  const due_at = (quiet_until ?? now).toISOString();
  return sinks.filter((sink) => wants(sink, notice)).map(({ name }) => ({ sink: name, due_at }));
}

/** When the quiet hours that it is in end; null outside of them. In local time, also over midnight. Pure. */
export function endOfQuiet(span: string | null, now: Date): Date | null {
  const [, from_h, from_m, to_h, to_m] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(span ?? "") ?? [];
  if (from_h === undefined) return null;
  const minute = now.getHours() * 60 + now.getMinutes();
  const from = Number(from_h) * 60 + Number(from_m);
  const to = Number(to_h) * 60 + Number(to_m);
  const within = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!within) return null;
  const end = new Date(now);
  end.setHours(Math.floor(to / 60), to % 60, 0, 0);
  if (end <= now) end.setDate(end.getDate() + 1);
  return end;
}

/** When a delivery that failed is tried again; null when that was the last try. Pure. */
export function againAt(attempts: number, now: Date): Date | null {
  const wait = BACK_OFF_SECONDS[attempts - 1];
  return wait === undefined ? null : new Date(now.getTime() + wait * 1000);
}
