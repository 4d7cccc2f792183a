import { decodeRow, type ReadTx, replayRows, telemetryRows } from "@conveyor/store";
import { type CorrelationChain, correlationChains, decisionIdOf } from "../../shared/correlation-chains.ts";
import { type AuditRow, loadAcknowledgements, loadItems, type SectionPage } from "../sections.ts";

/** Of each kind at most this many rows are looked at, the newest: nothing keeps a caller from using one id for everything. */
const MOST_ROWS = 1000;

/** Everything with one correlation id, each list ascending by sequence. */
export interface Trace {
  commands: AuditRow[];
  command_attempts: AuditRow[];
  routed_notifications: AuditRow[];
  notification_acknowledgements: AuditRow[];
  manager_decisions: AuditRow[];
  manager_cycles: AuditRow[];
  telemetry_events: AuditRow[];
  correlation_chains: CorrelationChain[];
  /** The tasks that any of it belongs to. */
  task_ids: string[];
  /** There is more of some kind. */
  truncated: boolean;
}

/**
 * Collect what belongs to a correlation id, of one task only when `task_id` is given.
 *
 * Everything is found by an index on the id, or on the commands and notifications that bear it, and of each kind the newest
 * are taken. Decisions and cycles are the ones that the chains name.
 */
export async function loadTrace(tx: ReadTx, correlation_id: string, task_id: string | undefined): Promise<Trace> {
  const bearers = await loadBearers(tx, correlation_id, task_id);
  const { commands, command_attempts, routed_notifications } = bearers;
  const touched = new Set(
    [...commands.rows, ...routed_notifications.rows].map((row) => row["task_id"] as string | null),
  );
  if (task_id !== undefined) touched.add(task_id);
  const acknowledgements = await loadAnswers(tx, correlation_id, task_id, routed_notifications.rows);

  const rows = {
    commands: commands.rows,
    command_attempts: command_attempts.rows,
    routed_notifications: routed_notifications.rows,
    notification_acknowledgements: acknowledgements.rows,
  };
  const correlation_chains = chainsOf(tx, rows, touched);
  const telemetry = newest(
    telemetryRows
      .telemetryOfCorrelation(tx, {
        correlation_id,
        command_ids: rows.commands.map((command) => command["id"] as string),
        notification_ids: rows.routed_notifications.map((item) => item["id"] as number),
        task_id: task_id ?? null,
        limit: PAGE.take,
      })
      .map((row) => decodeRow(row) as AuditRow),
  );
  for (const { task_id: of } of [...acknowledgements.rows, ...telemetry.rows]) touched.add(of as string | null);
  return {
    ...rows,
    ...(await loadLinked(tx, correlation_chains, rows.routed_notifications)),
    telemetry_events: telemetry.rows,
    correlation_chains,
    task_ids: [...touched].filter((id) => id !== null),
    truncated: [...Object.values(bearers), acknowledgements, telemetry].some(({ has_more }) => has_more),
  };
}

/** Rows ascending by sequence, and whether there are older ones. */
interface Newest {
  rows: AuditRow[];
  has_more: boolean;
}

/** One row more than is shown tells whether there is more. */
const PAGE = { orderBy: { seq: "desc" }, take: MOST_ROWS + 1 } satisfies SectionPage;

function newest(descending: AuditRow[]): Newest {
  return { rows: descending.slice(0, MOST_ROWS).reverse(), has_more: descending.length > MOST_ROWS };
}

/** What has the id in an indexed column of its own. */
async function loadBearers(tx: ReadTx, correlation_id: string, task_id: string | undefined) {
  const where = { correlation_id, ...(task_id !== undefined && { task_id }) };
  const ofCommand = { correlation_id, ...(task_id !== undefined && { command: { task_id } }) };
  return {
    commands: newest((await tx.db.commands.findMany({ where, ...PAGE })).map(decodeRow)),
    command_attempts: newest((await tx.db.command_attempts.findMany({ where: ofCommand, ...PAGE })).map(decodeRow)),
    routed_notifications: newest(await loadItems(tx, where, PAGE)),
  };
}

/** What was answered to the notifications, and what was answered under the id. */
async function loadAnswers(
  tx: ReadTx,
  correlation_id: string,
  task_id: string | undefined,
  notifications: readonly AuditRow[],
) {
  const ofTask = task_id === undefined ? {} : { task_id };
  const notification_ids = notifications.map((item) => item["id"] as number);
  const own = newest(await loadAcknowledgements(tx, { correlation_id, ...ofTask }, PAGE));
  // Two looks, because for one with alternatives SQLite would read the whole table.
  const known = new Set(own.rows.map(({ seq }) => seq));
  const answers =
    notification_ids.length === 0
      ? []
      : await loadAcknowledgements(tx, { notification_id: { in: notification_ids }, ...ofTask }, PAGE);
  const rows = [...own.rows, ...answers.filter(({ seq }) => !known.has(seq))].sort((a, b) => b.seq - a.seq);
  const all = newest(rows);
  return { ...all, has_more: all.has_more || own.has_more };
}

type ChainedRows = Pick<Trace, "commands" | "command_attempts" | "routed_notifications">;

/** The chains of each task, because a command may only name a decision of its own task. */
function chainsOf(tx: ReadTx, rows: ChainedRows, tasks: ReadonlySet<string | null>): CorrelationChain[] {
  const chains: CorrelationChain[] = [];
  for (const task_id of tasks) {
    const commands = rows.commands.filter((row) => row["task_id"] === task_id);
    const routed_notifications = rows.routed_notifications.filter((row) => row["task_id"] === task_id);
    const named = commands.map(({ payload, result }) => decisionIdOf(payload) ?? decisionIdOf(result));
    const cycles = routed_notifications.map((item) => item["consumed_manager_cycle_id"]);
    const linked = { ids: named.filter((id) => id !== null), cycle_ids: cycles.filter((id) => id !== null) };
    const manager_decisions = task_id === null ? [] : replayRows.linkedDecisions(tx, task_id, linked);
    chains.push(
      ...correlationChains({
        commands,
        command_attempts: rows.command_attempts,
        routed_notifications,
        manager_decisions,
      }),
    );
  }
  return chains;
}

/** The decisions and cycles that the chains name, and the cycles that took a notification. */
async function loadLinked(tx: ReadTx, chains: readonly CorrelationChain[], notifications: readonly AuditRow[]) {
  const decision_ids = chains.map(({ manager_decision_id }) => manager_decision_id);
  const cycle_ids = [
    ...chains.flatMap(({ manager_cycle_id, manager_decision_cycle_id }) => [
      manager_cycle_id,
      manager_decision_cycle_id,
    ]),
    ...notifications.map((item) => item["consumed_manager_cycle_id"] as number | null),
  ];
  const named = (ids: readonly (number | null | undefined)[]) => ({
    where: { id: { in: [...new Set(ids.filter((id) => typeof id === "number"))] } },
    orderBy: { seq: "asc" as const },
  });
  return {
    manager_decisions: (await tx.db.manager_decisions.findMany(named(decision_ids))).map(decodeRow),
    manager_cycles: (await tx.db.manager_cycles.findMany(named(cycle_ids))).map(decodeRow),
  };
}
