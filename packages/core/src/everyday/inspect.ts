import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { inboxRows } from "@conveyor/store";
import { trace } from "../audit/trace.ts";
import type { Ctx } from "../ctx.ts";
import { showCommand } from "../dispatch/show-command.ts";
import { inboxItemOf } from "../inbox/item.ts";
import { list as listSessions } from "../sessions/list.ts";
import { commandLine } from "../shared/command-line.ts";
import { agentsOf, taskListItems } from "../tasks/task-list-item.ts";
import { recordMeant } from "./inspect-record.ts";
import { findThing, type Thing } from "./thing.ts";

type Inspected = Output<"everyday.inspect">;
type Found = Omit<Inspected, "chain"> & { correlation_id: string | null; task: string | null };

/**
 * Everything about one thing of whatever kind, why it is in its state, and what bears its correlation id (spec 10.3).
 * Throws `not_found`, `ambiguous`.
 */
export async function inspect(ctx: Ctx, input: Input<"everyday.inspect">): Promise<Inspected> {
  const { correlation_id, task, ...found } = await find(ctx, input.ref);
  return { ...found, chain: correlation_id === null ? null : await chainOf(ctx, correlation_id, task, input) };
}

async function find(ctx: Ctx, reference: string): Promise<Found> {
  if (/^\d{1,15}$/.test(reference)) {
    const item = await ctx.store.peek((tx) => {
      const row = inboxRows.itemById(tx, Number(reference));
      return row && inboxItemOf(tx, row);
    });
    if (item !== undefined) return itemFound(ctx, item);
  }
  const recorded = await ctx.store.peek((tx) => recordMeant(tx, reference));
  if (recorded !== undefined) {
    const next =
      recorded.correlation_id === null ? [] : [commandLine(ctx.settings, ["trace", recorded.correlation_id])];
    return { agent_status: null, next, ...recorded };
  }
  const thing = await ctx.store.peek((tx) => findThing(tx, reference));
  switch (thing.kind) {
    case "task":
      return taskFound(ctx, thing);
    case "session":
      return sessionFound(ctx, thing);
    case "command":
      return commandFound(ctx, thing);
    case "run":
      return runFound(ctx, thing);
  }
}

async function taskFound(ctx: Ctx, { row }: Extract<Thing, { kind: "task" }>): Promise<Found> {
  const seen = await ctx.store.peek((tx) => agentsOf(tx, [{ ...row, budgets: null }]));
  const [record] = await taskListItems(ctx, seen);
  const agents = record?.agents ?? [];
  const told = agents.map(({ name, role, agent_status }) => `${role} ${name} ${agent_status.detail}`);
  return {
    kind: "task",
    id: row.id,
    name: row.name,
    state: row.state,
    why: told.length > 0 ? told.join("; ") : "no session is bound to it",
    agent_status: null,
    record: { ...record },
    correlation_id: null,
    task: row.id,
    next: [
      commandLine(ctx.settings, ["replay", row.name]),
      commandLine(ctx.settings, ["criteria", row.name], { list: true }),
    ],
  };
}

async function sessionFound(ctx: Ctx, { row }: Extract<Thing, { kind: "session" }>): Promise<Found> {
  const [record] = await listSessions(ctx, {
    name: [row.name],
    state: "all",
    include_legacy: true,
    redact_identity_token: true,
  });
  if (record === undefined) throw new Error(`no session ${row.id}`);
  const look = record.tmux_session === null ? "tail" : "attach";
  return {
    kind: "session",
    id: row.id,
    name: row.name,
    state: record.state,
    why: record.agent_status.detail,
    agent_status: record.agent_status,
    record: { ...record },
    correlation_id: null,
    task: record.binding?.task_id ?? null,
    next: [commandLine(ctx.settings, [look, row.name]), commandLine(ctx.settings, ["session-inbox", row.name])],
  };
}

async function commandFound(ctx: Ctx, { row }: Extract<Thing, { kind: "command" }>): Promise<Found> {
  const record = await showCommand(ctx, { command: row.id, include_content: true });
  const last = record.attempt_history.at(-1);
  return {
    kind: "command",
    id: row.id,
    name: `${row.type} ${row.id}`,
    state: row.state,
    why: row.error ?? last?.error ?? WHY_COMMAND[row.state] ?? row.state,
    agent_status: null,
    record: { ...record },
    correlation_id: row.correlation_id,
    task: row.task_id,
    next: [commandLine(ctx.settings, ["commands show", row.id])],
  };
}

const WHY_COMMAND: Readonly<Record<string, string>> = {
  pending: "no dispatcher has executed it yet",
  attempted: "a dispatcher is at it, or died over it",
  succeeded: "it was carried out",
};

async function runFound(ctx: Ctx, { row }: Extract<Thing, { kind: "run" }>): Promise<Found> {
  const { seq: _seq, metadata_json, ...run } = row;
  return {
    kind: "run",
    id: row.id,
    name: row.name,
    state: row.status,
    why: row.ended_at === null ? `since ${row.started_at}` : `ended at ${row.ended_at}`,
    agent_status: null,
    record: { ...run, metadata: JSON.parse(metadata_json) },
    correlation_id: null,
    task: row.task_id,
    next: [commandLine(ctx.settings, ["telemetry"], { run: row.id })],
  };
}

function itemFound(ctx: Ctx, item: ReturnType<typeof inboxItemOf>): Found {
  const { id, signal_type, state, acknowledgement, consumed_at, target_session_name, error } = item;
  const answer = acknowledgement === null ? "not answered" : `answered: ${acknowledgement.status}`;
  const taken = consumed_at === null ? "not taken" : "taken";
  return {
    kind: "item",
    id: String(id),
    name: `${signal_type} #${id}`,
    state,
    why: error ?? `for ${target_session_name}; ${taken}, ${answer}`,
    agent_status: null,
    record: { ...item },
    correlation_id: item.correlation_id,
    task: item.task_id,
    next: [commandLine(ctx.settings, ["inbox-ack", item.task_name], { notification_id: id })],
  };
}

async function chainOf(
  ctx: Ctx,
  correlation_id: string,
  task: string | null,
  { include_content }: Input<"everyday.inspect">,
): Promise<Inspected["chain"]> {
  try {
    const { entries, latencies } = await trace(ctx, { correlation_id, task: task ?? undefined, include_content });
    return { correlation_id, entries, latencies };
  } catch (thrown) {
    // What bears it may have been pruned.
    if (thrown instanceof ConveyorError && thrown.code === "not_found") return null;
    throw thrown;
  }
}
