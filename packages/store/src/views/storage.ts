import type { FastTx } from "../transaction.ts";

/** How much content is kept. */
export interface KeptContent {
  count: number;
  bytes: number;
}

/** The size of what a ledger keeps of terminals and transcripts, of one task or of all. */
export interface StorageFacts {
  database_file: number;
  terminal_captures: KeptContent;
  transcript_captures: KeptContent;
  transcript_segments: KeptContent;
}

/** Measure it. Reads the heads of the rows only, however long their content is. */
export function storageFacts(tx: FastTx, task_id: string | undefined): StorageFacts {
  const kept = (from: string, column: string, of: string) =>
    tx.sql
      .search(
        `SELECT count(*) AS count, coalesce(sum(octet_length(${column})), 0) AS bytes FROM ${from}
          WHERE ${column} IS NOT NULL${task_id === undefined ? "" : ` AND ${of}`}`,
      )
      .get(task_id === undefined ? {} : { task_id }) as KeptContent;
  return {
    database_file: ledgerBytes(tx),
    terminal_captures: kept("terminal_captures", "content", "task_id = @task_id"),
    transcript_captures: kept(
      "transcript_captures",
      "content",
      "worker_id IN (SELECT worker_id FROM bindings WHERE task_id = @task_id)",
    ),
    transcript_segments: kept("transcript_segments", "segment_text", "task_id = @task_id"),
  };
}

/** The size of the ledger in bytes, whether in its file or still in the log. */
export function ledgerBytes(tx: FastTx): number {
  const row = tx.sql.search("SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()").get();
  return (row as { n: number }).n;
}

/** Bytes of content in the whole ledger: what terminals showed, what agents recorded, what they were told at their start. */
export function contentBytes(tx: FastTx): number {
  const columns = [
    ["terminal_captures", "content"],
    ["transcript_captures", "content"],
    ["transcript_segments", "segment_text"],
    ["codex_events", "payload_json"],
    ["agent_facts", "content_json"],
    ["prompts", "content"],
  ] as const;
  return columns.reduce((sum, [table, column]) => {
    const row = tx.sql.search(`SELECT coalesce(sum(octet_length(${column})), 0) AS n FROM ${table}`).get();
    return sum + (row as { n: number }).n;
  }, 0);
}

/** What each table with its indexes takes, the largest first; null where this SQLite cannot tell. */
export function tableSizes(tx: FastTx): { name: string; rows: number; bytes: number | null }[] {
  const names = tx.sql
    .search(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )
    .all() as { name: string }[];
  const sizes = pageSizes(tx);
  return names
    .map(({ name }) => ({
      name,
      rows: (tx.sql.search(`SELECT count(*) AS n FROM "${name}"`).get() as { n: number }).n,
      bytes: sizes?.get(name) ?? null,
    }))
    .sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Bytes of each table with its indexes. */
function pageSizes(tx: FastTx): Map<string, number> | undefined {
  try {
    const rows = tx.sql
      .search(
        `SELECT m.tbl_name AS name, sum(s.pgsize) AS bytes FROM dbstat('main', 1) s JOIN sqlite_master m ON m.name = s.name
          GROUP BY m.tbl_name`,
      )
      .all() as { name: string; bytes: number }[];
    return new Map(rows.map(({ name, bytes }) => [name, bytes]));
  } catch {
    // Not every build of SQLite has the table.
    return undefined;
  }
}
