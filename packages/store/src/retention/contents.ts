import type { FastTx } from "../transaction.ts";

/** A column that holds what agents or people wrote, and which of its rows belong to `@task_id`. */
interface ContentColumn {
  table: string;
  column: string;
  of_task: string;
  /** JSON whose texts are looked through one by one, so that it stays JSON. */
  json: boolean;
  /** What else the row becomes. */
  also?: string;
}

const SESSIONS = `session_id IN (SELECT worker_session_id FROM bindings WHERE task_id = @task_id
  UNION SELECT manager_session_id FROM bindings WHERE task_id = @task_id)`;
const OF_TASK = "task_id = @task_id";

const CONTENTS: readonly ContentColumn[] = [
  {
    table: "terminal_captures",
    column: "content",
    of_task: OF_TASK,
    json: false,
    also: "retention_class = 'redacted'",
  },
  {
    ...{ table: "transcript_segments", column: "segment_text", of_task: OF_TASK, json: false },
    also: "retention_class = 'redacted', redacted = 1",
  },
  {
    ...{ table: "transcript_captures", column: "content", json: false, also: "retention_class = 'redacted'" },
    of_task: "worker_id IN (SELECT worker_id FROM bindings WHERE task_id = @task_id)",
  },
  { table: "codex_events", column: "payload_json", of_task: SESSIONS, json: true },
  { table: "agent_facts", column: "payload_json", of_task: SESSIONS, json: true },
  { table: "agent_facts", column: "content_json", of_task: SESSIONS, json: true },
  { table: "prompts", column: "content", of_task: OF_TASK, json: false },
  { table: "commands", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "commands", column: "result_json", of_task: OF_TASK, json: true },
  { table: "routed_notifications", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "notification_acknowledgements", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "task_acknowledgements", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "task_continuations", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "worker_handoffs", column: "payload_json", of_task: OF_TASK, json: true },
  { table: "worker_handoffs", column: "summary", of_task: OF_TASK, json: false },
  { table: "manager_cycles", column: "status_json", of_task: OF_TASK, json: true },
  { table: "smoke_marks", column: "payload_json", of_task: OF_TASK, json: true },
];

const PAGE = 200;

/** Gives a text back as it is to be kept; the same text when nothing is to go. */
export type Scrub = (text: string) => string;

/**
 * Look through the content of a task and keep what `scrub` makes of it; with `keep` false only count. Returns how many
 * texts of each table change. Hashes and counts of the rows stay those of what was captured.
 */
export function scrubContents(tx: FastTx, task_id: string, scrub: Scrub, keep: boolean): Map<string, number> {
  const changed = new Map<string, number>();
  for (const { table, column, of_task, json, also } of CONTENTS) {
    const page = tx.sql.search(
      `SELECT rowid AS row, ${column} AS text FROM ${table}
        WHERE rowid > @row AND ${column} IS NOT NULL AND ${of_task} ORDER BY rowid LIMIT ${PAGE}`,
    );
    const store = tx.sql.atomic(
      `UPDATE ${table} SET ${column} = @text${also === undefined ? "" : `, ${also}`} WHERE rowid = @row`,
    );
    for (let row = 0; ; ) {
      const found = page.all({ task_id, row }) as { row: number; text: string }[];
      for (const one of found) {
        const text = json ? scrubJson(one.text, scrub) : scrub(one.text);
        if (text === one.text) continue;
        changed.set(table, (changed.get(table) ?? 0) + 1);
        if (keep) store.run({ row: one.row, text });
      }
      const last = found.at(-1);
      if (last === undefined || found.length < PAGE) break;
      row = last.row;
    }
  }
  return changed;
}

/** The document with every text in it scrubbed, keys as they are; the same text when nothing changed. */
function scrubJson(stored: string, scrub: Scrub): string {
  let has_changed = false;
  const document = JSON.parse(stored, (_key, value: unknown) => {
    if (typeof value !== "string") return value;
    const text = scrub(value);
    has_changed ||= text !== value;
    return text;
  });
  return has_changed ? JSON.stringify(document) : stored;
}
