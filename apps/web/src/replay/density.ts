import type { ReplayEntry } from "../live/operations.ts";

/** How much happened in a stretch of time. */
export interface Stretch {
  /** Its beginning and end, in milliseconds since the epoch. */
  from: number;
  to: number;
  count: number;
  /** How much of it went wrong or was refused. */
  trouble: number;
}

const TROUBLE = /refus|block|held|fail|error/;

/** Entries by time, in so many stretches of one length. Pure. */
export function densityOf(entries: readonly ReplayEntry[], stretches: number): Stretch[] {
  const times = entries.map(({ timestamp }) => Date.parse(timestamp)).filter(Number.isFinite);
  if (times.length === 0) return [];
  const first = Math.min(...times);
  const length = Math.max(1, Math.max(...times) - first) / stretches;
  const all = Array.from({ length: stretches }, (_, i) => ({
    from: first + i * length,
    to: first + (i + 1) * length,
    count: 0,
    trouble: 0,
  }));
  for (const { timestamp, kind, summary } of entries) {
    const at = Math.min(stretches - 1, Math.floor((Date.parse(timestamp) - first) / length));
    const stretch = all[at];
    if (stretch === undefined) continue;
    stretch.count += 1;
    if (TROUBLE.test(`${kind} ${summary}`)) stretch.trouble += 1;
  }
  return all;
}
