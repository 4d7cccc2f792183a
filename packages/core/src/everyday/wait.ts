import type { Input, Output } from "@conveyor/contracts";
import { inboxRows, type lookups } from "@conveyor/store";
import { criteriaOf, criteriaSummaryOf } from "../criteria/criterion.ts";
import type { Ctx } from "../ctx.ts";
import { agentNow, untilAnswered } from "./agent-now.ts";
import { boundSession, findThing, nameOf, shownThing, type Thing, taskOfThing } from "./thing.ts";

interface Verdict {
  holds: boolean;
  why: string;
}

const ENDED: Readonly<Record<string, readonly string[]>> = {
  task: ["done", "failed"],
  command: ["succeeded", "failed", "blocked"],
  run: ["finished", "failed", "abandoned"],
};

/**
 * Wait until something holds, at most the given time; says why it does, or what is still missing (spec 10.3). Throws
 * `not_found`, `ambiguous`.
 */
export async function wait(ctx: Ctx, input: Input<"everyday.wait">): Promise<Output<"everyday.wait">> {
  const began = ctx.host.clock.monotonic_ms();
  const thing = await ctx.store.peek((tx) => findThing(tx, input.ref));
  let last: Verdict = { holds: false, why: "nothing is known yet" };
  await untilAnswered(ctx, input.timeout, async () => {
    last = await judge(ctx, thing, input.for);
    return last.holds ? last : undefined;
  });
  return {
    about: shownThing(thing),
    for: input.for,
    ...last,
    elapsed_seconds: Math.round(ctx.host.clock.monotonic_ms() - began) / 1000,
    ...(ctx.signal.aborted && !last.holds && { interrupted: true }),
  };
}

function judge(ctx: Ctx, thing: Thing, goal: Input<"everyday.wait">["for"]): Promise<Verdict> {
  switch (goal) {
    case "idle":
    case "attention":
      return judgeAgents(ctx, thing, goal);
    case "done":
      return thing.kind === "session" ? judgeTurn(ctx, thing.row) : judgeEnd(ctx, thing);
    case "message":
      return judgeInbox(ctx, thing);
    case "verified":
      return judgeCriteria(ctx, thing);
  }
}

async function judgeAgents(ctx: Ctx, thing: Thing, goal: "idle" | "attention"): Promise<Verdict> {
  const sessions = await sessionsOf(ctx, thing, goal === "idle" ? ["worker"] : ["worker", "manager"]);
  if (sessions.length === 0)
    return { holds: false, why: `${nameOf(thing)} has no ${goal === "idle" ? "worker" : "session"}` };
  const told: string[] = [];
  for (const { id, name } of sessions) {
    const { phase, detail } = (await agentNow(ctx, id)).agent_status;
    const holds = goal === "attention" ? phase === "waiting" : phase === "idle" || phase === "failed";
    if (holds) return { holds, why: `${name} ${detail}` };
    told.push(`${name} ${detail}`);
  }
  return { holds: false, why: told.join("; ") };
}

async function judgeTurn(ctx: Ctx, { id, name }: lookups.SessionRow): Promise<Verdict> {
  const { agent_status, turns } = await agentNow(ctx, id);
  return { holds: turns.open === null && turns.outcome === "completed", why: `${name} ${agent_status.detail}` };
}

async function judgeEnd(ctx: Ctx, { kind, row }: Exclude<Thing, { kind: "session" }>): Promise<Verdict> {
  const now = await ctx.store.peek((tx) => findThing(tx, row.id));
  const state = stateOf(now);
  return { holds: ENDED[kind]?.includes(state) === true, why: `${nameOf(now)} is ${state}` };
}

function stateOf({ kind, row }: Thing): string {
  return kind === "run" ? row.status : row.state;
}

async function judgeInbox(ctx: Ctx, thing: Thing): Promise<Verdict> {
  const [session] = await sessionsOf(ctx, thing, ["manager"]);
  if (session === undefined) return { holds: false, why: `${nameOf(thing)} has no manager` };
  const { id, name } = session;
  const count = await ctx.store.peek((tx) => inboxRows.countItems(tx, { session_id: id, binding_id: null }));
  return { holds: count > 0, why: `${count} unread in the inbox of ${name}` };
}

async function judgeCriteria(ctx: Ctx, thing: Thing): Promise<Verdict> {
  return ctx.store.peek((tx) => {
    const task = taskOfThing(tx, thing);
    if (task === null) return { holds: false, why: `${nameOf(thing)} belongs to no task` };
    const { accepted, proposed, satisfied } = criteriaSummaryOf(criteriaOf(tx, task));
    const open = accepted + proposed;
    return { holds: open === 0 && satisfied > 0, why: `${satisfied} criteria are satisfied, ${open} are open` };
  });
}

/** The session itself, or those with these roles in the task that is meant. */
function sessionsOf(ctx: Ctx, thing: Thing, roles: readonly ("worker" | "manager")[]): Promise<lookups.SessionRow[]> {
  return ctx.store.peek((tx) => {
    if (thing.kind === "session") return [thing.row];
    const task = taskOfThing(tx, thing);
    return roles.flatMap((role) => (task === null ? [] : (boundSession(tx, task, role) ?? [])));
  });
}
