import { ConveyorError } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../../core/src/testing/world.ts";
import { appRouter } from "./app-router.ts";
import { createCallerFactory } from "./trpc.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const caller = () =>
  createCallerFactory(appRouter)({
    host: world.host,
    agents: world.ctx.agents,
    settings: world.ctx.settings,
    signal: world.ctx.signal,
    ledger: { open: () => world.store },
    checks_answers: true,
  });

/** The typed error that a caller meets. */
async function refusal(call: Promise<unknown>): Promise<ConveyorError> {
  const thrown = await call.then(
    () => undefined,
    (error: { cause?: unknown }) => error.cause,
  );
  if (!(thrown instanceof ConveyorError)) throw new Error("the call was not refused");
  return thrown;
}

describe("setting up supervision through the router", () => {
  it("goes from nothing to a proven criterion and back", async () => {
    const { tasks, sessions, bindings, criteria, decisions, system } = caller();
    await tasks.create({ name: "auth", goal: "refactor auth" });
    await sessions.registerWorker({ name: "w", codex_session: world.rollout() });
    await sessions.registerManager({ name: "m", codex_session: world.rollout() });
    await bindings.bind({ task: "auth", worker: "w", manager: "m" });
    const { affected_criterion } = await criteria.add({
      task: "auth",
      criterion: "it works",
      source: "user_requested",
    });
    await criteria.accept({ task: "auth", criterion_id: affected_criterion.id });
    await criteria.satisfy({ task: "auth", criterion_id: affected_criterion.id, evidence: { command: "npm test" } });
    await decisions.record({ task: "auth", decision: "stop", reason: "all proven" });
    expect((await criteria.list({ task: "auth" })).summary.satisfied).toBe(1);
    expect((await sessions.list({ role: "worker" }))[0]?.binding?.task_name).toBe("auth");
    expect((await system.dbDoctor({ live: true })).ok).toBe(true);
    await bindings.unbind({ task: "auth" });
    expect(await sessions.deregister({ session: "w" })).toEqual({ name: "w", state: "gone" });
  });

  it("names the first field that is wrong", async () => {
    const error = await refusal(caller().criteria.add({ task: "auth", criterion: " ", source: "user_requested" }));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining("criterion") });
  });

  it("refuses a field that the operation does not have", async () => {
    const call = { task: "auth", criterion_id: 1, status: "accepted" } as { task: string; criterion_id: number };
    expect(await refusal(caller().criteria.accept(call))).toMatchObject({ code: "invalid_input" });
  });

  it("hands on what core refuses with code, hint and details", async () => {
    expect(await refusal(caller().bindings.unbind({ task: "nothing" }))).toMatchObject({
      code: "not_found",
      hint: expect.stringContaining("conveyor tasks"),
      details: { kind: "task", reference: "nothing" },
    });
  });
});
