import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** A task, or null for the whole ledger. */
export type OverviewTask = string | null;

/** Attempts and items shown of one command; the newest. */
const DETAILS_LIMIT = 5;
const DECISIONS_LOOKED_AT = 100;
/** Rows looked through at most for those in a state, or for those without a command, where no index knows both. */
const WALK_LIMIT = 2_000;

/** A routed notification without its payload. */
export interface ShownItemRow {
  id: number;
  seq: number;
  task_id: string;
  task_name: string;
  command_id: string | null;
  correlation_id: string;
  signal_type: string;
  source_event_id: number | null;
  state: string;
  delivery_mode: string;
  created_at: string;
  delivered_at: string | null;
  consumed_at: string | null;
  consumed_by_session_id: string | null;
  consumed_by_session_name: string | null;
  consumed_manager_cycle_id: number | null;
  source_session_id: string;
  source_session_name: string;
  target_session_id: string;
  target_session_name: string;
  claimed_by: string | null;
  claimed_at: string | null;
  claim_expires_at: string | null;
  side_effect_started: number;
  side_effect_completed: number;
  error: string | null;
}

export const ITEM_COLUMNS = `n.id, n.seq, n.task_id, t.name AS task_name, n.command_id, n.correlation_id, n.signal_type,
    n.source_event_id, n.state, n.delivery_mode, n.created_at, n.delivered_at, n.consumed_at, n.consumed_by_session_id,
    c.name AS consumed_by_session_name, n.consumed_manager_cycle_id, n.source_session_id, s.name AS source_session_name,
    n.target_session_id, d.name AS target_session_name, n.claimed_by, n.claimed_at, n.claim_expires_at,
    n.side_effect_started, n.side_effect_completed, n.error`;
export const ITEM_NAMES = `JOIN tasks t ON t.id = n.task_id
  JOIN sessions s ON s.id = n.source_session_id
  JOIN sessions d ON d.id = n.target_session_id
  LEFT JOIN sessions c ON c.id = n.consumed_by_session_id`;

/** A command with the name of its task. */
export interface OverviewCommandRow {
  id: string;
  seq: number;
  created_at: string;
  task_id: string | null;
  task_name: string | null;
  correlation_id: string | null;
  type: string;
  state: string;
  available_at: string | null;
  claimed_by: string | null;
  claimed_at: string | null;
  claim_expires_at: string | null;
  attempts: number;
  max_attempts: number;
  payload_json: string;
  result_json: string | null;
  error: string | null;
}

/** Which chains are wanted: of a task, in a state, older than a number of the sequence; the newest of them. */
export interface ChainRequest {
  task_id: OverviewTask;
  state: string | null;
  before: number;
  limit: number;
}

const COMMAND = `c.id, c.seq, c.created_at, c.task_id, t.name AS task_name, c.correlation_id, c.type, c.state,
    c.available_at, c.claimed_by, c.claimed_at, c.claim_expires_at, c.attempts, c.max_attempts, c.payload_json,
    c.result_json, c.error`;
const PICKED = "LEFT JOIN tasks t ON t.id = c.task_id ORDER BY c.seq DESC";
export const NEWEST_COMMANDS_SQL = `SELECT ${COMMAND} FROM (
  SELECT * FROM commands WHERE seq < @before ORDER BY seq DESC ${AT_MOST}) c ${PICKED}`;
export const NEWEST_COMMANDS_IN_STATE_SQL = `SELECT ${COMMAND} FROM (
  SELECT * FROM commands WHERE state = @state AND seq < @before ORDER BY seq DESC ${AT_MOST}) c ${PICKED}`;
export const NEWEST_TASK_COMMANDS_SQL = `SELECT ${COMMAND} FROM (
  SELECT * FROM commands WHERE task_id = @task_id AND seq < @before ORDER BY seq DESC ${AT_MOST}) c ${PICKED}`;
export const NEWEST_TASK_COMMANDS_IN_STATE_SQL = `SELECT ${COMMAND} FROM (
  SELECT * FROM (SELECT * FROM commands WHERE task_id = @task_id AND seq < @before ORDER BY seq DESC LIMIT ${WALK_LIMIT})
  WHERE state = @state ${AT_MOST}) c ${PICKED}`;

/** The newest commands, newest first. */
export function newestCommands(tx: FastTx, request: ChainRequest): OverviewCommandRow[] {
  const { task_id, state, before, limit } = request;
  const page = { before, limit };
  if (task_id === null && state === null) return tx.sql.search(NEWEST_COMMANDS_SQL).all(page) as OverviewCommandRow[];
  if (task_id === null) {
    return tx.sql.search(NEWEST_COMMANDS_IN_STATE_SQL).all({ ...page, state }) as OverviewCommandRow[];
  }
  if (state === null) return tx.sql.search(NEWEST_TASK_COMMANDS_SQL).all({ ...page, task_id }) as OverviewCommandRow[];
  return tx.sql.search(NEWEST_TASK_COMMANDS_IN_STATE_SQL).all({ ...page, task_id, state }) as OverviewCommandRow[];
}

/** A notification that no command asked for, with its payload. */
export type ReportRow = ShownItemRow & { payload_json: string };

// What tells a manager of a refusal stands with the command that was refused.
const REPORTED = `signal_type <> 'continuation_blocked' AND (@state IS NULL OR state = @state) ${AT_MOST}) n ${ITEM_NAMES} ORDER BY n.seq DESC`;
export const NEWEST_REPORTS_SQL = `SELECT ${ITEM_COLUMNS}, n.payload_json FROM (
  SELECT * FROM (
    SELECT * FROM routed_notifications WHERE command_id IS NULL AND id <= coalesce(
      (SELECT id FROM routed_notifications WHERE seq >= @before ORDER BY seq LIMIT 1), 9e15)
    ORDER BY id DESC LIMIT ${WALK_LIMIT})
  WHERE seq < @before AND ${REPORTED}`;
export const NEWEST_TASK_REPORTS_SQL = `SELECT ${ITEM_COLUMNS}, n.payload_json FROM (
  SELECT * FROM (
    SELECT * FROM routed_notifications WHERE task_id = @task_id AND seq < @before ORDER BY seq DESC LIMIT ${WALK_LIMIT})
  WHERE command_id IS NULL AND ${REPORTED}`;

/** The newest notifications that no command asked for, newest first. */
export function newestReports(tx: FastTx, { task_id, state, before, limit }: ChainRequest): ReportRow[] {
  const page = { state, before, limit };
  const rows =
    task_id === null
      ? tx.sql.search(NEWEST_REPORTS_SQL).all(page)
      : tx.sql.search(NEWEST_TASK_REPORTS_SQL).all({ ...page, task_id });
  return rows as ReportRow[];
}

export const ITEMS_OF_COMMAND_SQL = `SELECT ${ITEM_COLUMNS}, n.payload_json FROM routed_notifications n ${ITEM_NAMES}
  WHERE n.command_id = @command_id ORDER BY n.id DESC ${AT_MOST}`;

/** The newest items of a command, oldest first. */
export function itemsOfCommand(tx: FastTx, command_id: string): ReportRow[] {
  const rows = tx.sql.search(ITEMS_OF_COMMAND_SQL).all({ command_id, limit: DETAILS_LIMIT }) as ReportRow[];
  return rows.reverse();
}

export interface OverviewAttemptRow {
  id: number;
  seq: number;
  command_id: string;
  dispatcher_id: string;
  started_at: string;
  finished_at: string | null;
  state: string;
  error: string | null;
  side_effect_started: number;
  side_effect_completed: number;
  result_json: string | null;
}

export const ATTEMPTS_OF_COMMAND_SQL = `SELECT id, seq, command_id, dispatcher_id, started_at, finished_at, state, error,
    side_effect_started, side_effect_completed, result_json
  FROM command_attempts WHERE command_id = @command_id ORDER BY id DESC ${AT_MOST}`;

/** The newest attempts of a command, oldest first. */
export function attemptsOfCommand(tx: FastTx, command_id: string): OverviewAttemptRow[] {
  const rows = tx.sql.search(ATTEMPTS_OF_COMMAND_SQL).all({ command_id, limit: DETAILS_LIMIT }) as OverviewAttemptRow[];
  return rows.reverse();
}

export interface OverviewDecisionRow {
  id: number;
  seq: number;
  task_id: string;
  manager_cycle_id: number | null;
  decision: string;
  reason: string;
}

const DECISION = "id, seq, task_id, manager_cycle_id, decision, reason";
export const DECISION_SQL = `SELECT ${DECISION} FROM manager_decisions WHERE id = @id AND task_id = @task_id`;

/** A decision of this task. */
export function decisionOfTask(tx: FastTx, task_id: string, id: number): OverviewDecisionRow | undefined {
  return tx.sql.search(DECISION_SQL).get({ id, task_id }) as OverviewDecisionRow | undefined;
}

export const DECISION_OF_CYCLE_SQL = `SELECT ${DECISION} FROM (
    SELECT ${DECISION} FROM manager_decisions
    WHERE task_id = @task_id AND seq > (SELECT seq FROM manager_cycles WHERE id = @cycle_id) ORDER BY seq ${AT_MOST})
  WHERE manager_cycle_id = @cycle_id LIMIT 1`;

/** The first decision that was taken in a cycle. */
export function decisionOfCycle(tx: FastTx, task_id: string, cycle_id: number): OverviewDecisionRow | undefined {
  return tx.sql.search(DECISION_OF_CYCLE_SQL).get({ task_id, cycle_id, limit: DECISIONS_LOOKED_AT }) as
    | OverviewDecisionRow
    | undefined;
}

export interface ItemMessageRow {
  id: number;
  task_id: string;
  correlation_id: string;
  signal_type: string;
  command_id: string | null;
  payload_json: string;
}

export const MESSAGE_SQL = `SELECT id, task_id, correlation_id, signal_type, command_id, payload_json
  FROM routed_notifications WHERE id = ?`;

/** What a notification carries. */
export function itemMessage(tx: FastTx, id: number): ItemMessageRow | undefined {
  return tx.sql.search(MESSAGE_SQL).get(id) as ItemMessageRow | undefined;
}
