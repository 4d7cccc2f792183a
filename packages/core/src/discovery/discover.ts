import type { Input, Output, SessionListItem, TaskListItem } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { decodeRow, type ReadTx, telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { list as listSessions } from "../sessions/list.ts";
import { list as listTasks } from "../tasks/list.ts";
import { suggestionsFor } from "./suggestions.ts";

/** A search looks at all there is and shows a few. */
const EVERYTHING = 1_000_000;

type Found = Output<"discovery.discover">;

/**
 * Find what a set-up could be made of (spec 01 §6.10): tasks, sessions and live bindings that contain the text, telemetry
 * that has all its words, and the next step. Writes nothing; finding nothing is an answer.
 */
export async function discover(ctx: Ctx, input: Input<"discovery.discover">): Promise<Found> {
  const query = input.query.trim();
  const matches = textMatch(query);
  const tasks = await listTasks(ctx, { active: !input.all, limit: EVERYTHING });
  const sessions = await listSessions(ctx, {
    state: input.all ? "all" : "active",
    include_legacy: input.all,
    name: [],
    redact_identity_token: true,
    limit: EVERYTHING,
  });
  const bindings = await ctx.store.read(liveBindings);
  const newest = { from: "newest", limit: input.limit } as const;
  const telemetry =
    query === "" ? [] : await ctx.store.peek((tx) => telemetryRows.matchingEvents(tx, { search: query }, newest));
  const matched = {
    tasks: tasks.filter((task) => matches(taskTexts(task))),
    sessions: sessions.filter((session) => matches(sessionTexts(session))),
  };
  return {
    query,
    tasks: matched.tasks.slice(0, input.limit),
    sessions: matched.sessions.slice(0, input.limit),
    bindings: bindings.filter((binding) => matches(bindingTexts(binding))).slice(0, input.limit),
    telemetry: telemetry.map((row) => decodeRow(row)) as unknown as Found["telemetry"],
    suggestions: suggestionsFor(ctx.settings, {
      tasks: matched.tasks.filter(({ state }) => (OPEN_TASK_STATES as readonly string[]).includes(state)),
      bound_tasks: new Set(bindings.map(({ task_name }) => task_name)),
      sessions: sessions.filter(({ state, origin }) => state === "active" && origin !== "legacy"),
      preferred: new Set(matched.sessions.map(({ name }) => name)),
    }),
  };
}

/** Whether any of these texts contains the query, in any case. Nothing to look for is in everything. */
function textMatch(query: string): (texts: readonly (string | null)[]) => boolean {
  const wanted = query.toLowerCase();
  return (texts) => texts.some((text) => text?.toLowerCase().includes(wanted)) || wanted === "";
}

function taskTexts({ name, goal, summary, state }: TaskListItem) {
  return [name, goal, summary, state];
}

function sessionTexts(session: SessionListItem) {
  const { name, role, state, cwd, tmux_session, codex_session_id, codex_app_thread_id, codex_app_thread_title } =
    session;
  return [name, role, state, cwd, tmux_session, codex_session_id, codex_app_thread_id, codex_app_thread_title];
}

function bindingTexts({ task_name, task_goal, worker_name, manager_name, state }: Found["bindings"][number]) {
  return [task_name, task_goal, worker_name, manager_name, state];
}

async function liveBindings(tx: ReadTx): Promise<Found["bindings"]> {
  const rows = await tx.db.bindings.findMany({
    where: { state: { in: [...LIVE_BINDING_STATES] } },
    orderBy: { seq: "asc" },
    include: { task: true, worker_session: true, manager_session: true, worker: true, manager: true },
  });
  return rows.map((row) => {
    const worker = row.worker_session ?? row.worker;
    const manager = row.manager_session ?? row.manager;
    return {
      id: row.id,
      state: row.state as "active" | "ending",
      created_at: row.created_at,
      task_name: row.task.name,
      task_goal: row.task.goal,
      worker_name: worker?.name ?? null,
      worker_state: worker?.state ?? null,
      worker_tmux_session: worker?.tmux_session ?? null,
      manager_name: manager?.name ?? null,
      manager_state: manager?.state ?? null,
      manager_tmux_session: manager?.tmux_session ?? null,
    };
  });
}
