import { createHash } from "node:crypto";
import type { HandWritten } from "./handle.ts";

/** What looking at the chain takes of a transaction. */
interface Looking {
  readonly sql: HandWritten;
}

/** What the hash of an entry is of, besides the hash of the entry before it. */
export interface ChainedEntry {
  seq: number;
  created_at: string;
  actor: string;
  command_id: string | null;
  correlation_id: string | null;
  task_id: string | null;
  session_id: string | null;
  worker_id: string | null;
  manager_id: string | null;
  type: string;
  payload_json: string;
}

/** An entry as it is stored, with its hash; null for one that came from elsewhere and is covered by the next that has one. */
export interface StoredEntry extends ChainedEntry {
  id: number;
  hash: string | null;
}

/** Where the beginning of the audit was taken away: the hash up to there. */
export interface AuditAnchor {
  upto_seq: number;
  events: number;
  hash: string;
}

const COLUMNS =
  "id, seq, created_at, actor, command_id, correlation_id, task_id, session_id, worker_id, manager_id, type, payload_json, hash";

/** The hash before the first entry of all. */
const BEGINNING = "";

/** The hash of an entry in its place (spec 07 §7.13, 3). Pure. */
export function chainedHash(before: string, entry: ChainedEntry): string {
  const { seq, created_at, actor, command_id, correlation_id, task_id, session_id, worker_id, manager_id } = entry;
  const fields = [seq, created_at, actor, command_id, correlation_id, task_id, session_id, worker_id, manager_id];
  const text = JSON.stringify([before, ...fields, entry.type, entry.payload_json]);
  return createHash("sha256").update(text).digest("hex");
}

/** The newest place in the chain: the last entry, and the hash up to it. Entries that have none yet are reckoned in. */
export function auditHead(tx: Looking): { seq: number; hash: string } {
  const last = tx.sql.hot("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").get() as
    | { seq: number; hash: string | null }
    | undefined;
  if (last === undefined) {
    const anchor = newestAnchor(tx);
    return { seq: anchor?.upto_seq ?? 0, hash: anchor?.hash ?? BEGINNING };
  }
  return { seq: last.seq, hash: last.hash ?? foldTail(tx) };
}

/** The hash up to the last entry where the last ones have none: those that an import brought, or all of an older ledger. */
function foldTail(tx: Looking): string {
  const sealed = tx.sql.hot("SELECT seq, hash FROM events WHERE hash IS NOT NULL ORDER BY seq DESC LIMIT 1").get() as
    | { seq: number; hash: string }
    | undefined;
  const anchor = sealed === undefined ? newestAnchor(tx) : undefined;
  let hash = sealed?.hash ?? anchor?.hash ?? BEGINNING;
  const after = sealed?.seq ?? anchor?.upto_seq ?? 0;
  const rows = tx.sql.hot(`SELECT ${COLUMNS} FROM events WHERE seq > ? ORDER BY seq`).iterate(after);
  for (const row of rows as IterableIterator<StoredEntry>) hash = chainedHash(hash, row);
  return hash;
}

function newestAnchor(tx: Looking): AuditAnchor | undefined {
  return tx.sql
    .hot("SELECT upto_seq, events, hash FROM audit_anchors WHERE reason = 'pruned' ORDER BY upto_seq DESC LIMIT 1")
    .get() as AuditAnchor | undefined;
}

/** Where a check of the chain begins: the anchor of what was taken away, or the very beginning. */
export function chainStart(tx: Looking): AuditAnchor {
  return newestAnchor(tx) ?? { upto_seq: 0, events: 0, hash: BEGINNING };
}

/** The next entries behind a place, in their order; those before it that are still there count as taken away. */
export function entriesAfter(tx: Looking, seq: number, limit: number): StoredEntry[] {
  return tx.sql
    .hot(`SELECT ${COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
    .all(seq, limit) as StoredEntry[];
}
