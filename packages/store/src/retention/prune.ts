import type { FastTx } from "../transaction.ts";
import { RETENTION_RULES, type RetentionKind, type RetentionRule } from "./rules.ts";

export interface RetentionWish {
  kind: RetentionKind;
  /** Of each group the newest this many stay. */
  keep_latest: number;
  /** Only what was recorded before this moment; null: whenever. */
  before: string | null;
  /** Only what belongs to this task; null: to any. */
  task_id: string | null;
  /** Whatever else stays, only the newest so many bytes do; null: any number. */
  max_bytes?: number | null;
}

export interface Prunable {
  rows: number;
  bytes: number;
  /** Ids of the first of them, in the order of the ledger. */
  ids: (string | number)[];
}

/** As many ids as a record of it names. */
const IDS_KEPT = 1000;
const DAY_MS = 86_400_000;

/** What pruning would drop now. Changes nothing. */
export function prunable(tx: FastTx, wish: RetentionWish): Prunable {
  return rulesOf(wish.kind).reduce<Prunable>(
    (sum, rule) => {
      const { where, bound } = condition(tx, rule, wish);
      const counted = tx.sql
        .search(`SELECT count(*) AS rows, coalesce(sum(bytes), 0) AS bytes FROM (${where})`)
        .get(bound) as { rows: number; bytes: number };
      const listed = tx.sql.search(`SELECT id FROM (${where}) ORDER BY seq LIMIT ${IDS_KEPT}`).all(bound) as {
        id: string | number;
      }[];
      return {
        rows: sum.rows + counted.rows,
        bytes: sum.bytes + counted.bytes,
        ids: [...sum.ids, ...listed.map(({ id }) => id)].slice(0, IDS_KEPT),
      };
    },
    { rows: 0, bytes: 0, ids: [] },
  );
}

/**
 * Drop it. Rows stay, with their counts and hashes, except records that are only for people. Segments take the captures
 * that they were cut from along. Returns what was dropped; a second call finds nothing.
 */
export function dropContent(tx: FastTx, wish: RetentionWish): Prunable {
  const found = prunable(tx, wish);
  if (found.rows > 0) for (const rule of rulesOf(wish.kind)) drop(tx, rule, wish);
  if (wish.kind !== "segments") return found;
  return { ...found, bytes: found.bytes + dropCapturesOfPrunedSegments(tx, wish.task_id) };
}

function drop(tx: FastTx, rule: RetentionRule, wish: RetentionWish): void {
  const { where, bound } = condition(tx, rule, wish);
  if (rule.becomes !== "delete") {
    tx.sql.atomic(`UPDATE ${rule.table} SET ${rule.becomes} WHERE id IN (SELECT id FROM (${where}))`).run(bound);
    return;
  }
  if (rule.table === "telemetry_events") {
    tx.sql.atomic(`DELETE FROM telemetry_events_fts WHERE rowid IN (SELECT seq FROM (${where}))`).run(bound);
  }
  tx.sql.atomic(`DELETE FROM ${rule.table} WHERE id IN (SELECT id FROM (${where}))`).run(bound);
}

function condition(tx: FastTx, rule: RetentionRule, wish: RetentionWish) {
  const where = `SELECT id, seq, bytes FROM (
      SELECT r.id AS id, r.seq AS seq, ${rule.bytes} AS bytes, ${rule.time} AS at, (${rule.stays}) AS stays,
             row_number() OVER (PARTITION BY ${rule.group} ORDER BY r.seq DESC) AS place,
             sum(${rule.bytes}) OVER (ORDER BY r.seq DESC) AS kept
        FROM ${rule.table} r
       WHERE (${rule.has_content}) AND (@task_id IS NULL OR ${rule.of_task}))
    WHERE place > @least AND NOT stays AND (@youngest IS NULL OR at < @youngest)
      AND ((place > @keep AND (@before IS NULL OR at < @before)) OR kept > @most)`;
  const { keep_latest: keep, before, task_id, max_bytes: most = null } = wish;
  return {
    where,
    bound: { keep, least: rule.keeps_at_least ?? 0, before, youngest: youngest(tx, rule), task_id, most },
  };
}

function youngest(tx: FastTx, { youngest_days }: RetentionRule): string | null {
  return youngest_days === undefined ? null : new Date(Date.parse(tx.now) - youngest_days * DAY_MS).toISOString();
}

const captureRule = RETENTION_RULES.find(({ kind }) => kind === "terminal-captures") as RetentionRule;

function dropCapturesOfPrunedSegments(tx: FastTx, task_id: string | null): number {
  const where = `SELECT r.id AS id, ${captureRule.bytes} AS bytes FROM terminal_captures r
    WHERE r.content IS NOT NULL AND (@task_id IS NULL OR r.task_id = @task_id) AND NOT (${captureRule.stays})
      AND r.id IN (SELECT source_capture_id FROM transcript_segments WHERE segment_text IS NULL AND retention_class = 'cold')`;
  const { bytes } = tx.sql.search(`SELECT coalesce(sum(bytes), 0) AS bytes FROM (${where})`).get({ task_id }) as {
    bytes: number;
  };
  tx.sql.atomic(`UPDATE terminal_captures SET ${captureRule.becomes} WHERE id IN (SELECT id FROM (${where}))`).run({
    task_id,
  });
  return bytes;
}

function rulesOf(kind: RetentionKind): RetentionRule[] {
  return RETENTION_RULES.filter((rule) => rule.kind === kind);
}
