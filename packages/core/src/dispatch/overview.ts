import type { DispatchOverview, InboxOverview, Input, NotificationSummary, TaskState } from "@conveyor/contracts";
import { dispatchRows, type FastTx, inboxRows, lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { byUrgency } from "../shared/agent-status.ts";
import { boundAgents } from "../shared/bound-agents.ts";
import { decisionIdOf } from "../shared/correlation-chains.ts";
import { resolveTask } from "../shared/references.ts";
import type { ChainItem, ChainParts } from "./status/chain-parts.ts";
import { chainOf, itemSummaryOf } from "./status/chains.ts";
import { dispatcherOf } from "./status/dispatcher-state.ts";
import { byImportance, duplicateIds, healthOf, type QueueCounts } from "./status/health.ts";
import { latencyOf } from "./status/latency.ts";
import { readableRow } from "./status/readable-row.ts";

/** Waiting items shown of one session, and of all together. */
const ITEMS = { per_session: 20, altogether: 200 } as const;
/** Sessions of live bindings shown. */
const AGENTS_SHOWN = 100;
/** Rows of the registry looked at, and shown of those that stopped. */
const DISPATCHERS = { looked_at: 100, stopped_shown: 5 } as const;

/**
 * `dispatch status`: dispatchers, queue, inboxes, latencies and the newest chains, of the ledger or of one task (spec 03
 * §8, §13 items 6 and 7). Costs the same however long the history is: every look is bounded, and counts stop at
 * `count_limit`. Bodies are redacted unless asked for. Throws `not_found`, `ambiguous`.
 */
export async function overview(ctx: Ctx, input: Input<"dispatch.overview">): Promise<DispatchOverview> {
  const seen = await ctx.store.peek((tx) => look(tx, input));
  const dispatchers = await Promise.all(seen.dispatchers.map((row) => dispatcherOf(ctx, row)));
  const stopped = dispatchers.filter(({ state }) => state === "stopped").slice(DISPATCHERS.stopped_shown);
  const agents = await agentsByUrgency(ctx, seen.agents);
  const chains = seen.chain_parts.map((parts) => chainOf(parts, seen.polled_at));
  return {
    polled_at: seen.polled_at,
    task: seen.task,
    health: healthOf(dispatchers, seen.counts),
    agents: agents.slice(0, AGENTS_SHOWN),
    agent_count: agents.length,
    inbox: seen.inbox,
    chains,
    older: seen.older,
    dispatchers: byImportance(dispatchers.filter((one) => !stopped.includes(one))),
    duplicate_dispatcher_ids: duplicateIds(dispatchers),
    latency: latencyOf(seen.times, seen.oldest_waiting_since, new Date(seen.polled_at)),
    count_limit: dispatchRows.COUNT_LIMIT,
  };
}

/** Everything that the ledger knows, seen at one moment. */
function look(tx: FastTx, input: Input<"dispatch.overview">) {
  const resolved = input.task === undefined ? null : resolveTask(tx, input.task);
  const task_id = resolved?.id ?? null;
  return {
    polled_at: tx.now,
    task: resolved === null ? null : { id: resolved.id, name: resolved.name, state: resolved.state as TaskState },
    agents: lookups.boundAgentRows(tx, task_id === null ? null : [task_id]),
    counts: queueCounts(tx, task_id),
    times: dispatchRows.newestItemTimes(tx, task_id),
    dispatchers: dispatchRows.newestWatchers(tx, DISPATCHERS.looked_at),
    ...inboxes(tx, task_id),
    ...newestChains(tx, task_id, input),
  };
}

async function agentsByUrgency(ctx: Ctx, rows: readonly lookups.BoundAgentRow[]): Promise<DispatchOverview["agents"]> {
  const agents = await boundAgents(ctx, rows);
  return agents
    .map((agent, i) => {
      const { task_id, task_name } = rows[i] as lookups.BoundAgentRow;
      return { ...agent, task_id, task_name };
    })
    .sort(byUrgency);
}

function queueCounts(tx: FastTx, task_id: dispatchRows.OverviewTask): QueueCounts {
  const count = (state: string) => dispatchRows.countCommands(tx, task_id, state);
  return {
    queued_count: count("pending") + count("attempted"),
    failed_count: count("failed"),
    refused_count: dispatchRows.countRefused(tx, task_id),
    blocked_count: count("blocked"),
    stale_claim_count: dispatchRows.countStaleClaims(tx, task_id),
    side_effect_risk_count: dispatchRows.countSideEffectRisks(tx, task_id),
    suppressed_signal_count: dispatchRows.countSuppressed(tx, task_id),
  };
}

function inboxes(
  tx: FastTx,
  task_id: dispatchRows.OverviewTask,
): { inbox: InboxOverview; oldest_waiting_since: string | null } {
  const ofTask = task_id === null ? undefined : dispatchRows.countConsumedOfTask(tx, task_id);
  const nothing = { consumed_count: 0, latest_consumed_at: null };
  let room: number = ITEMS.altogether;
  let oldest_waiting_since: string | null = null;
  const sessions: InboxOverview["sessions"] = [];
  for (const { id, name, role } of dispatchRows.overviewSessions(tx, task_id)) {
    const waiting = dispatchRows.countWaiting(tx, id, task_id);
    const consumed = ofTask === undefined ? dispatchRows.countConsumed(tx, id) : (ofTask.get(id) ?? nothing);
    if (waiting.pending_count === 0 && consumed.consumed_count === 0) continue;
    const wanted = waiting.pending_count === 0 ? 0 : Math.max(1, Math.min(ITEMS.per_session, room));
    const items = wanted === 0 ? [] : dispatchRows.oldestWaitingItems(tx, id, task_id, wanted);
    const since = items[0]?.delivered_at ?? null;
    if (since !== null && (oldest_waiting_since === null || since < oldest_waiting_since)) oldest_waiting_since = since;
    const shown = items.slice(0, room);
    room -= shown.length;
    sessions.push({
      session_id: id,
      session_name: name,
      session_role: role as InboxOverview["sessions"][number]["session_role"],
      ...waiting,
      consumed_count: consumed.consumed_count,
      latest_consumed_at: consumed.latest_consumed_at,
      items: shown.map((row) => itemSummaryOf({ ...row, acknowledgement: answerTo(tx, row.id) })),
    });
  }
  const sum = (key: "pending_count" | "pull_required_pending_count" | "consumed_count") =>
    sessions.reduce((total, session) => total + session[key], 0);
  return {
    inbox: {
      pending_count: sum("pending_count"),
      pull_required_pending_count: sum("pull_required_pending_count"),
      consumed_count: sum("consumed_count"),
      sessions,
    },
    oldest_waiting_since,
  };
}

function answerTo(tx: FastTx, notification_id: number): NotificationSummary["acknowledgement"] {
  const latest = inboxRows.latestAcknowledgement(tx, notification_id);
  if (latest === undefined) return null;
  const { status, role, created_at } = latest as Pick<typeof latest, "created_at"> &
    Pick<NonNullable<NotificationSummary["acknowledgement"]>, "status" | "role">;
  return { status, role, created_at };
}

/** What the newest chains that are wanted consist of, newest first, and where the older ones begin. */
function newestChains(
  tx: FastTx,
  task_id: dispatchRows.OverviewTask,
  { state, before = Number.MAX_SAFE_INTEGER, limit }: Input<"dispatch.overview">,
): { chain_parts: ChainParts[]; older: number | null } {
  const states = state.length === 0 ? [null] : [...new Set(state)];
  const found = states.flatMap((one) => {
    const request = { task_id, state: one, before, limit: limit + 1 };
    const commands = dispatchRows.newestCommands(tx, request);
    const reports = dispatchRows.newestReports(tx, request);
    return [
      ...commands.map((row) => ({ seq: row.seq, parts: () => partsOfCommand(tx, row) })),
      ...reports.map((row) => ({ seq: row.seq, parts: () => partsOfReport(tx, row) })),
    ];
  });
  found.sort((a, b) => b.seq - a.seq);
  const shown = found.slice(0, limit);
  return {
    chain_parts: shown.map(({ parts }) => parts()),
    older: found.length > limit ? (shown.at(-1)?.seq ?? null) : null,
  };
}

function partsOfCommand(tx: FastTx, row: dispatchRows.OverviewCommandRow): ChainParts {
  const command = readableRow(row);
  const decision_id = decisionIdOf(command.payload) ?? decisionIdOf(command.result);
  const { task_id } = row;
  return {
    command,
    items: dispatchRows.itemsOfCommand(tx, row.id).map((item) => itemOf(tx, item)),
    attempts: dispatchRows.attemptsOfCommand(tx, row.id).map((attempt) => readableRow(attempt)),
    decision:
      decision_id === null || task_id === null ? undefined : dispatchRows.decisionOfTask(tx, task_id, decision_id),
  };
}

function partsOfReport(tx: FastTx, row: dispatchRows.ReportRow): ChainParts {
  const { task_id, consumed_manager_cycle_id: cycle_id } = row;
  return {
    command: undefined,
    items: [itemOf(tx, row)],
    attempts: [],
    decision: cycle_id === null ? undefined : dispatchRows.decisionOfCycle(tx, task_id, cycle_id),
  };
}

function itemOf(tx: FastTx, row: dispatchRows.ReportRow): ChainItem {
  return { ...readableRow(row), acknowledgement: answerTo(tx, row.id) };
}
