import { decodeRow, type ReadTx, telemetryRows } from "@conveyor/store";
import { type CorrelationChain, correlationChains } from "../../shared/correlation-chains.ts";
import { type AuditRow, loadAcknowledgements, loadItems, type SectionPage } from "../sections.ts";

/** Of each kind at most this many rows are looked at, the newest: nothing keeps a caller from using one id for everything. */
const MOST_ROWS = 1000;

/** Room around the rows in which their telemetry is looked for: the earlier tool wrote it in a commit of its own. */
const MARGIN_MS = 60_000;

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
 * What bounds it: commands, attempts and notifications are found by their index on the id or on the task. Acknowledgements
 * are those of these notifications, and of the tasks found so far those that have the id themselves. Decisions and cycles
 * are the ones that the chains name. Telemetry keeps the id in JSON and has no index on it; it is looked for among what
 * these tasks wrote between the first and the last moment that any of the rows bears. Only when `task_id` is given and
 * nothing of it has the id, all telemetry of that task is read.
 */
export async function loadTrace(tx: ReadTx, correlation_id: string, task_id: string | undefined): Promise<Trace> {
  const bearers = await loadBearers(tx, correlation_id, task_id);
  const { commands, command_attempts, routed_notifications } = bearers;
  const touched = new Set(
    [...commands.rows, ...routed_notifications.rows].map((row) => row["task_id"] as string | null),
  );
  if (task_id !== undefined) touched.add(task_id);
  const task_ids = [...touched].filter((id) => id !== null);
  const acknowledgements = await loadAnswers(tx, correlation_id, task_ids, routed_notifications.rows);

  const rows = {
    commands: commands.rows,
    command_attempts: command_attempts.rows,
    routed_notifications: routed_notifications.rows,
    notification_acknowledgements: acknowledgements.rows,
  };
  const correlation_chains = await chainsOf(tx, rows, touched);
  const request = {
    correlation_id,
    command_ids: rows.commands.map((command) => command["id"] as string),
    notification_ids: rows.routed_notifications.map((item) => item["id"] as number),
    ...momentsOf(Object.values(rows).flat()),
    limit: PAGE.take,
  };
  const telemetry = [...touched].map((of) =>
    newest(
      telemetryRows.telemetryOfCorrelation(tx, { ...request, task_id: of }).map((row) => decodeRow(row) as AuditRow),
    ),
  );
  return {
    ...rows,
    ...(await loadLinked(tx, correlation_chains, rows.routed_notifications)),
    telemetry_events: telemetry.flatMap((found) => found.rows),
    correlation_chains,
    task_ids,
    truncated: [...Object.values(bearers), acknowledgements, ...telemetry].some(({ has_more }) => has_more),
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

/** What was answered to the notifications, and what was answered in these tasks under the id. */
async function loadAnswers(tx: ReadTx, correlation_id: string, task_ids: string[], notifications: readonly AuditRow[]) {
  const notification_ids = notifications.map((item) => item["id"] as number);
  const ofTasks = { correlation_id, task_id: { in: task_ids } };
  // An empty list among the alternatives would make SQLite read the whole table.
  const where =
    notification_ids.length === 0 ? ofTasks : { OR: [{ notification_id: { in: notification_ids } }, ofTasks] };
  return newest(task_ids.length === 0 ? [] : await loadAcknowledgements(tx, where, PAGE));
}

type ChainedRows = Pick<Trace, "commands" | "command_attempts" | "routed_notifications">;

/** The chains of each task, because a command may only name a decision of its own task. */
async function chainsOf(tx: ReadTx, rows: ChainedRows, tasks: ReadonlySet<string | null>): Promise<CorrelationChain[]> {
  const chains: CorrelationChain[] = [];
  for (const task_id of tasks) {
    const manager_decisions =
      task_id === null
        ? []
        : await tx.db.manager_decisions.findMany({
            where: { task_id },
            select: { id: true, seq: true, manager_cycle_id: true },
            orderBy: { seq: "asc" },
          });
    chains.push(
      ...correlationChains({
        commands: rows.commands.filter((row) => row["task_id"] === task_id),
        command_attempts: rows.command_attempts,
        routed_notifications: rows.routed_notifications.filter((row) => row["task_id"] === task_id),
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

const MOMENTS = ["created_at", "updated_at", "started_at", "finished_at", "delivered_at", "consumed_at"] as const;

/** From the first to the last moment that a row bears, with some room; all of time when there are none. */
function momentsOf(rows: readonly AuditRow[]): { from: string; to: string } {
  const moments = rows
    .flatMap((row) => MOMENTS.map((column) => Date.parse(String(row[column]))))
    .filter((moment) => !Number.isNaN(moment));
  if (moments.length === 0) return { from: "", to: "~" };
  const [first, last] = moments.reduce(
    ([from, to], moment) => [Math.min(from, moment), Math.max(to, moment)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return { from: new Date(first - MARGIN_MS).toISOString(), to: new Date(last + MARGIN_MS).toISOString() };
}
