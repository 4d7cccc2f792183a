/** Longest pause before a push is tried again. */
const LONGEST_PAUSE_SECONDS = 60;
/** The same while a human is asked something in the pane: the answer may come any moment. */
const LONGEST_PAUSE_FOR_HUMAN_SECONDS = 15;

/** Seconds until a push that failed before it touched anything is tried again, after this many attempts (spec 03 §6.5). */
export function pushPauseSeconds(attempts: number): number {
  return Math.min(LONGEST_PAUSE_SECONDS, 2 ** Math.min(attempts, 10));
}

/** Seconds until a pane that asked for a human is looked at again, after this many looks. */
export function paneBusyPauseSeconds(looks: number): number {
  return Math.min(LONGEST_PAUSE_FOR_HUMAN_SECONDS, 2 ** Math.min(looks, 10));
}

/** A point in time this many seconds after `iso`, in the same form. */
export function secondsAfter(iso: string, seconds: number): string {
  return new Date(Date.parse(iso) + seconds * 1000).toISOString();
}
