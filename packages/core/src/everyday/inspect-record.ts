import { type FastTx, replayRows } from "@conveyor/store";

/** A record that people look at by its id, and what a person would say of it. */
export interface InspectedRecord {
  kind: replayRows.RecordKind;
  id: string;
  name: string;
  state: string;
  why: string;
  record: Record<string, unknown>;
  correlation_id: string | null;
  task: string | null;
}

type Row = Record<string, unknown>;

const text = (value: unknown, otherwise: string): string =>
  typeof value === "string" && value !== "" ? value : otherwise;

/** What each kind is called, how it stands, and why. */
const WORDS: Readonly<Record<replayRows.RecordKind, (row: Row) => Pick<InspectedRecord, "name" | "state" | "why">>> = {
  decision: (row) => ({
    name: `decision #${row["id"]}`,
    state: text(row["decision"], "unknown"),
    why: text(row["reason"], "no reason"),
  }),
  cycle: (row) => ({
    name: `cycle #${row["id"]}`,
    state: text(row["state"], "unknown"),
    why: text(row["error"], row["completed_at"] === null ? "it has not ended" : `it ended at ${row["completed_at"]}`),
  }),
  event: (row) => ({
    name: text(row["type"], "event"),
    state: "recorded",
    why: `by ${row["actor"]} at ${row["created_at"]}`,
  }),
  telemetry: (row) => ({
    name: text(row["event_type"], "event"),
    state: text(row["severity"], "info"),
    why: text(row["summary"], "no summary"),
  }),
};

/** The record that `KIND/ID` names, such as `decision/7`, or a telemetry event by its id; undefined for anything else. */
export function recordMeant(tx: FastTx, reference: string): InspectedRecord | undefined {
  const [, kind, id] =
    /^(decision|cycle|event)\/(\d{1,15})$/.exec(reference) ?? /^()?(telemetry-[\w-]+)$/.exec(reference) ?? [];
  if (id === undefined) return undefined;
  const of = (kind ?? "telemetry") as replayRows.RecordKind;
  const row = replayRows.recordById(tx, of, id);
  if (row === undefined) return undefined;
  const { seq: _seq, completed_seq: _completed, ...record } = row as Row;
  return { kind: of, id, ...WORDS[of](row), record, correlation_id: row.correlation_id, task: row.task_id };
}
