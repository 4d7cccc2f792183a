import type { Input, Output } from "@conveyor/contracts";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { countsAsRunning, dispatcherAgeSeconds, reuseSeconds } from "../dispatch/liveness.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { asLines, lookAround, type PresentSession } from "./presence.ts";
import { whatWaits } from "./waiting.ts";

/** As many of each kind as a screen shows. */
const MOST_WAITING = 20;
/** So many of the newest dispatchers are asked whether they live. */
const MOST_WATCHERS = 5;

/** What is going on in this ledger, what waits for the operator, and what to type next (spec 10.3). */
export async function overview(ctx: Ctx, _input: Input<"everyday.overview">): Promise<Output<"everyday.overview">> {
  const present = await lookAround(ctx, { all: false });
  const waiting = await whatWaits(ctx, present.sessions, MOST_WAITING);
  const dispatch = await whoDelivers(ctx);
  return {
    ledger_path: ctx.settings.ledger_path,
    waiting,
    tasks: asLines(present).filter(({ kind }) => kind === "task"),
    sessions: countsOf(present.sessions),
    dispatch,
    next: nextSteps(ctx, { waiting, dispatch, tasks: present.tasks.length, sessions: present.sessions.length }),
  };
}

function countsOf(sessions: readonly PresentSession[]): Output<"everyday.overview">["sessions"] {
  const of = (...phases: readonly string[]) =>
    sessions.filter(({ agent_status }) => phases.includes(agent_status.phase)).length;
  return {
    all: sessions.length,
    busy: of("working", "compacting"),
    idle: of("idle"),
    waiting: of("waiting"),
    failed: of("failed"),
    dead: of("gone"),
  };
}

async function whoDelivers(ctx: Ctx): Promise<Output<"everyday.overview">["dispatch"]> {
  const rows = await ctx.store.peek((tx) => dispatchRows.newestWatchers(tx, MOST_WATCHERS));
  const now = ctx.host.clock.now();
  for (const row of rows) {
    if (dispatcherAgeSeconds(row, now) <= reuseSeconds(row) && (await countsAsRunning(ctx, row))) return "active";
  }
  return rows.some(({ stopped_at }) => stopped_at === null) ? "silent" : "none";
}

interface Situation extends Pick<Output<"everyday.overview">, "waiting" | "dispatch"> {
  tasks: number;
  sessions: number;
}

function nextSteps(ctx: Ctx, { waiting, dispatch, tasks, sessions }: Situation): string[] {
  const urgent = [...new Set(waiting.map(({ command }) => command))].slice(0, 3);
  if (tasks === 0 && sessions === 0) {
    const goal = {
      task: slot("task"),
      task_goal: slot("goal"),
      worker_name: slot("worker"),
      manager_name: slot("manager"),
    };
    return [...urgent, commandLine(ctx.settings, ["pair"], goal)];
  }
  if (dispatch !== "active") urgent.push(commandLine(ctx.settings, ["serve"], { detach: true }));
  return [...urgent, commandLine(ctx.settings, ["ps"])];
}
