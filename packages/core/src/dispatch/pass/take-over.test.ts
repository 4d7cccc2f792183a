import { operations } from "@conveyor/contracts";
import { Store } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../ctx.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { GatedTmux } from "../testing/gated-tmux.ts";
import { Panes } from "../testing/panes.ts";
import { events, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { type Started, startProcess } from "../testing/spawn.ts";
import { recoverExpiredLeases } from "./recover.ts";

const HOUR_MS = 3_600_000;

let world: World;
let panes: Panes;
let gate: GatedTmux | undefined;
beforeEach(async () => {
  world = createWorld();
  panes = new Panes(world);
  await panes.composer("codex");
});
afterEach(async () => {
  gate?.open();
  await panes.close();
  await world.close();
});

/** Start a dispatcher that stops before this tmux command, and wait until it stands there. */
async function slowDispatcher(
  command: "load-buffer" | "paste-buffer",
  input: Record<string, unknown> = {},
  action: "run" | "watch" = "run",
): Promise<Started & { gate: GatedTmux }> {
  gate = await GatedTmux.before(world, command);
  const parse = action === "run" ? operations.dispatch.run.input : operations.dispatch.watch.input;
  const request = { action, input: parse.parse(input), tmux_socket: panes.socket_name, env: gate.env };
  const started = startProcess(world, request);
  await gate.reached();
  return { ...started, gate };
}

/** Who looks at the ledger with a clock that is an hour ahead, for whom every lease is over. */
async function anHourAhead<T>(work: (ctx: Ctx) => Promise<T>): Promise<T> {
  const ahead = { ...world.host.clock, now: () => new Date(Date.now() + HOUR_MS) };
  const clock = { ...ahead, iso: () => ahead.now().toISOString() };
  const store = Store.open({ path: world.ctx.settings.ledger_path, create: false, clock });
  try {
    return await work({ ...panes.ctx, host: { ...panes.ctx.host, clock }, store });
  } finally {
    await store.close();
  }
}

const typed = () => (panes.received("codex").match(/hello|appears to have finished/g) ?? []).length;
const messageForTerminal = async () => {
  const { task } = await world.pair({ worker: { tmux_session: "codex" } });
  await nudge(world.ctx, task.name, "hello");
  return task;
};
const reportForTerminal = async () => {
  const { worker } = await world.pair({ manager: { tmux_session: "codex" } });
  await events(world, worker.session_id, turn("t1"));
};
const LOST = { state: "failed", error_code: "lease_lost" };
const RISK = { state: "failed", error_code: "stale_side_effect" };
const SENDERS = [
  ["message", messageForTerminal],
  ["report", reportForTerminal],
] as const;
/** Everything that a take-over could overwrite. */
const everything = () =>
  rowsOf(
    world,
    `SELECT 'item' AS kind, state, claimed_by, error, side_effect_started AS s, side_effect_completed AS c,
            delivery_mode AS result FROM routed_notifications
     UNION ALL SELECT 'attempt', state, dispatcher_id, error, side_effect_started, side_effect_completed, result_json
     FROM command_attempts
     UNION ALL SELECT 'command', state, claimed_by, error, attempts, 0, result_json FROM commands`,
  );

const LONGER_THAN_GIVEN = ["commands", "routed_notifications"]
  .map(
    (table) =>
      `SELECT 1 FROM ${table} WHERE unixepoch(claim_expires_at, 'subsec') - unixepoch(claimed_at, 'subsec') >= 4`,
  )
  .join(" UNION ALL ");

describe("a lease while tmux is slow", () => {
  it.each(SENDERS)("is renewed for longer than it was given, so that nobody takes the %s over", async (_what, send) => {
    await send();
    const slow = await slowDispatcher("paste-buffer", { lease_seconds: 2 });
    // A lease that reaches for twice its length was renewed after it would have ended.
    await world.until(async () => (await rowsOf(world, LONGER_THAN_GIVEN)).length > 0);
    expect((await pass(panes.ctx, { dispatcher_id: "other" })).processed).toEqual([]);
    slow.gate.open();
    expect((await slow.ended).document).toMatchObject({ processed: [{ state: "delivered" }] });
    expect(typed()).toBe(1);
  });

  it.each(SENDERS)(
    "that could not be renewed because the ledger was locked is another's; the %s is typed once",
    async (what, send) => {
      await send();
      const slow = await slowDispatcher("paste-buffer", { lease_seconds: 1 });
      // Nobody else can write until the end of this transaction, and at its end the work is taken over.
      await anHourAhead(async ({ store }) => {
        const request = { types: ["nudge_worker"], limit: 10, dispatcher_id: "other" };
        const taken = await store.fast((tx) => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
          return recoverExpiredLeases(tx, request);
        });
        expect(taken).toMatchObject(what === "message" ? [RISK] : []);
      });
      if (what === "report") expect(await anHourAhead((ctx) => pass(ctx))).toMatchObject({ processed: [RISK] });
      const before = await everything();
      slow.gate.open();
      expect((await slow.ended).document).toMatchObject({ processed: [LOST] });
      expect(await everything()).toEqual(before);
      expect(typed()).toBe(1);
      expect((await pass(panes.ctx)).processed).toEqual([]);
    },
  );
});

describe("a dispatcher whose work another one has taken over", () => {
  it.each(SENDERS)(
    "after it began to type (a %s) is fenced off: the risk stands as the other wrote it",
    async (_what, send) => {
      await send();
      const slow = await slowDispatcher("paste-buffer");
      expect((await anHourAhead((ctx) => pass(ctx, { dispatcher_id: "other" }))).processed).toMatchObject([RISK]);
      const before = await everything();
      slow.gate.open();
      expect((await slow.ended).document).toMatchObject({ processed: [LOST] });
      expect(await everything()).toEqual(before);
      expect(typed()).toBe(1);
    },
  );

  // Two that go by one id are the hard case: who holds something cannot be told by the id.
  it.each([
    ["message", "other", messageForTerminal],
    ["message", "dispatch-local", messageForTerminal],
    ["report", "other", reportForTerminal],
    ["report", "dispatch-local", reportForTerminal],
  ] as const)("before it began to type (a %s, taken over by %s) types nothing any more", async (_what, id, send) => {
    await send();
    const slow = await slowDispatcher("load-buffer");
    const { processed } = await anHourAhead((ctx) => pass(ctx, { dispatcher_id: id }));
    // The holder of the pane may still be about to type, so nobody else does.
    expect(processed.at(-1)).toMatchObject({ state: "requeued", error_code: "pane_busy" });
    const before = await everything();
    slow.gate.open();
    expect((await slow.ended).document).toMatchObject({ processed: [LOST] });
    expect(await everything()).toEqual(before);
    expect(typed()).toBe(0);
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", notification_id: 1 }]);
    expect(typed()).toBe(1);
  });

  it("finds its pane gone and leaves the message to the other all the same", async () => {
    await messageForTerminal();
    const slow = await slowDispatcher("load-buffer", { limit: 1 });
    await anHourAhead(({ store }) =>
      store.fast((tx) => recoverExpiredLeases(tx, { types: ["nudge_worker"], limit: 1, dispatcher_id: "other" })),
    );
    const before = await everything();
    await panes.ctx.host.tmux.kill("codex");
    slow.gate.open();
    expect((await slow.ended).document).toMatchObject({ processed: [LOST] });
    expect(await everything()).toEqual(before);
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "pull_required", fallback_from: "push" }]);
  });

  it.each([
    // Nobody types beside the holder of the pane, even one that stands still; so it waits.
    ["load-buffer", { state: "requeued", error_code: "pane_busy", attempt_id: 2 }, "delivered"],
    ["paste-buffer", RISK, "nothing"],
  ] as const)(
    "because it was stopped for longer than its lease (before %s) writes nothing when it goes on",
    async (command, result, afterwards) => {
      await messageForTerminal();
      const stopped = await slowDispatcher(command);
      stopped.child.kill("SIGSTOP");
      const { processed } = await anHourAhead((ctx) => pass(ctx, { dispatcher_id: "other" }));
      expect(processed.at(-1)).toMatchObject(result);
      const before = await everything();
      stopped.gate.open();
      stopped.child.kill("SIGCONT");
      expect((await stopped.ended).document).toMatchObject({ processed: [LOST] });
      expect(await everything()).toEqual(before);
      await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET available_at = NULL").run());
      const next = afterwards === "delivered" ? [{ state: "delivered", notification_id: 1 }] : [];
      expect((await pass(panes.ctx)).processed).toMatchObject(next);
      expect(typed()).toBe(1);
    },
  );
});

describe("a dispatcher that is asked to end while it types", () => {
  it.each([
    ["run", "SIGTERM"],
    ["run", "SIGINT"],
    ["watch", "SIGTERM"],
    ["watch", "SIGINT"],
  ] as const)("(%s, %s) brings the message at hand to its end and begins no other", async (action, signal) => {
    const task = await messageForTerminal();
    for (const text of ["second", "third"]) await nudge(world.ctx, task.name, text);
    const { child, gate, ended, says } = await slowDispatcher("paste-buffer", {}, action);
    child.kill(signal);
    await says("ending");
    gate.open();
    const { code, document } = await ended;
    expect(code).toBe(0);
    expect(document).toMatchObject({ processed: [{ state: "delivered", side_effect_completed: true }] });
    if (action === "watch") expect(document).toMatchObject({ stopped_by: signal });
    expect(await rowsOf(world, "SELECT state, attempts FROM commands ORDER BY seq")).toEqual([
      { state: "succeeded", attempts: 1 },
      { state: "pending", attempts: 0 },
      { state: "pending", attempts: 0 },
    ]);
    expect(await rowsOf(world, "SELECT 1 FROM dispatchers WHERE stopped_at IS NULL")).toEqual([]);
    expect(typed()).toBe(1);
  });
});
