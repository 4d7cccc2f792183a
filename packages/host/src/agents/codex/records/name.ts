import { basename } from "node:path";

/** What the name of a rollout file says (spec 02 §5.1). */
export interface RolloutName {
  /** Local time of its making with dashes only, as in the name; texts of this form sort by time. */
  time: string;
  thread_id: string;
  /** Set when the file continues a thread after a rewind. */
  revision: string | null;
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const ROLLOUT_NAME = new RegExp(
  `^rollout-(\\d{4}-\\d{2}-\\d{2}T\\d{2}-\\d{2}-\\d{2})-(${UUID})(?:_(${UUID}))?\\.jsonl(?:\\.zst)?$`,
  "i",
);

/** Take a rollout's name apart; null for any other file. */
export function parseRolloutName(path: string): RolloutName | null {
  const match = ROLLOUT_NAME.exec(basename(path));
  if (!match?.[1] || !match[2]) return null;
  return { time: match[1], thread_id: match[2].toLowerCase(), revision: match[3]?.toLowerCase() ?? null };
}

/** Order two rollouts of one thread: negative when `a` is the older one. Revisions are ids that sort by time. */
export function compareRolloutNames(a: RolloutName, b: RolloutName): number {
  return compare(a.time, b.time) || compare(a.revision ?? "", b.revision ?? "");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether an open file of an agent's process can be its rollout (spec 01 §5.2, step 3). */
export function isRolloutCandidate(path: string): boolean {
  return path.includes("/sessions/") && /^rollout-.*\.jsonl$/.test(basename(path));
}

/** The rollouts among open files, each once, in the order found (spec 01 §5.2). */
export function rolloutCandidates(open_files: Iterable<string>): string[] {
  return [...new Set(open_files)].filter(isRolloutCandidate);
}

/** The folder `sessions` that a rollout lies in, also for an archived one; null when it lies elsewhere. */
export function sessionsRootOf(path: string): string | null {
  const live = path.lastIndexOf("/sessions/");
  if (live !== -1) return path.slice(0, live + "/sessions".length);
  const archived = path.lastIndexOf("/archived_sessions/");
  return archived === -1 ? null : `${path.slice(0, archived)}/sessions`;
}
