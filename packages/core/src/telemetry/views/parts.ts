import type {
  CommandSummary,
  CycleView,
  IngestView,
  OpenCriterion,
  Storage,
  Thresholds,
  WindowView,
} from "@conveyor/contracts";
import { type FastTx, viewRows } from "@conveyor/store";
import { sinceInstant } from "../../audit/show.ts";

type Row = viewRows.ViewRow;

/** What of a cycle's status is metadata; the rest carries criteria, answers and what an agent said (spec 07 §7.10.5). */
const STATUS_FIELDS = [
  ...["kind", "state", "staleness_seconds", "last_event_subtype", "task_completed", "worker_alive", "manager_alive"],
  ...["ingest", "pane_signal", "notable_pane_pattern", "worker_session", "manager_session", "error_type"],
  "failure_phase",
];
/** The title of a pane names the thread that an agent works on. */
const PANE_FIELDS = ["captured", "classifier", "notable_pattern", "degraded", "reason", "error_code", "attention"];

function documentOf(value: unknown): Row {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Row) : {};
}

const picked = (source: Row, fields: readonly string[]): Row =>
  Object.fromEntries(fields.filter((field) => source[field] !== undefined).map((field) => [field, source[field]]));

/** A cycle as every view shows it. */
export function cycleViewOf(row: Row, { named }: { named: boolean }): CycleView {
  const status = documentOf(row["status"]);
  const shown = picked(status, STATUS_FIELDS);
  if (shown["pane_signal"] !== undefined) shown["pane_signal"] = picked(documentOf(shown["pane_signal"]), PANE_FIELDS);
  const pattern = status["notable_pane_pattern"];
  return {
    ...(picked(row, ["id", "task_id", "started_at", "completed_at", "state", "decision", "error"]) as Pick<
      CycleView,
      "id" | "task_id" | "started_at" | "completed_at" | "state" | "decision" | "error"
    >),
    ...(named && { task_name: row["task_name"] as string }),
    status: shown,
    health: documentOf(row["health"]),
    notable_pane_pattern: typeof pattern === "string" && pattern !== "" ? pattern : null,
  };
}

const SUMMARY = [
  ...["id", "task_id", "task_name", "type", "state", "created_at", "updated_at", "claimed_by", "attempts", "error"],
];

export function commandSummaryOf(row: Row): CommandSummary {
  return picked(row, SUMMARY) as unknown as CommandSummary;
}

export function keysIn(value: unknown): string[] {
  return Object.keys(documentOf(value)).sort();
}

/** Criteria of a scope by their state, and the accepted ones that are still open. */
export function criteriaPart(tx: FastTx, scope: viewRows.ViewScope, limit: number) {
  const by_status = viewRows.countRows(tx, "acceptance_criteria", "status", scope);
  const open = viewRows.criteriaInScope(tx, scope, ["accepted"], limit);
  return {
    by_status,
    open_accepted: open.map(({ proof: _proof, ...row }) => row as unknown as OpenCriterion),
    open_accepted_count: by_status["accepted"] ?? 0,
  };
}

export function storagePart(tx: FastTx, task_id?: string): Storage {
  const { database_file, ...kept } = viewRows.storageFacts(tx, task_id);
  const total_retained = Object.values(kept).reduce((sum, { bytes }) => sum + bytes, 0);
  return { database_file, ...kept, total_retained };
}

/** What reading records came to, with what somebody should look at (spec 07 §7.10.5, `ingest` block). */
export function ingestPart(tx: FastTx, scope: viewRows.ViewScope, limit: number): IngestView {
  const told = { ...scope, active_only: scope.active_only };
  const skipped = viewRows.ingestEvents(tx, told, "skipped", limit);
  const errors = viewRows.ingestEvents(tx, told, "errors", limit);
  const cycle_errors = viewRows.cyclesInScope(tx, scope, "ingest_failed", limit);
  const event = ({ attributes, ...row }: Row) =>
    ({
      ...row,
      attributes: picked(documentOf(attributes), ["new_events", "skipped_lines", "error", "reason"]),
    }) as unknown as IngestView["recent_errors"][number];
  return {
    ...viewRows.ingestTotals(tx, told),
    recent_skipped: skipped.rows.map(event),
    recent_errors: errors.rows.map(event),
    cycle_errors: cycle_errors.map((row) => cycleViewOf(row, { named: true })),
    error_count: errors.total + viewRows.countCycles(tx, scope, "ingest_failed"),
  };
}

interface ThresholdInput {
  max_open_criteria?: number;
  max_storage_bytes?: number | undefined;
  max_unfinished_commands?: number;
  stale_cycles_seconds: number;
  worker_staleness_seconds?: number;
}

/** How long a session may be silent, unless a view says otherwise, in seconds. */
const STALENESS_SECONDS = 3600;

export function thresholdsOf(input: ThresholdInput): Thresholds {
  return {
    max_open_criteria: input.max_open_criteria ?? 0,
    max_storage_bytes: input.max_storage_bytes ?? null,
    max_unfinished_commands: input.max_unfinished_commands ?? 0,
    stale_cycle_seconds: input.stale_cycles_seconds,
    worker_staleness_seconds: input.worker_staleness_seconds ?? STALENESS_SECONDS,
  };
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** A window back from now, both ends included. */
export function windowOf(label: string, now: Date): WindowView {
  const unit = UNIT_SECONDS[label.slice(-1).toLowerCase() as keyof typeof UNIT_SECONDS];
  return {
    label,
    seconds: Number(label.slice(0, -1)) * unit,
    start: sinceInstant(label, now) as string,
    end: now.toISOString(),
  };
}

/** Seconds since a time, never below zero; null when there is none. */
export function secondsSince(time: unknown, now: Date): number | null {
  const moment = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(moment) ? null : Math.max(0, (now.getTime() - moment) / 1000);
}
