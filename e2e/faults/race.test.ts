import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import type { Answer } from "../support/world/answers.ts";
import { fillLedger, ledgerRows } from "../support/world/ledger.ts";
import { type Running, start, told } from "../support/world/process.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 240_000;

/** What is under way: messages for the worker, messages for the manager, and turns that the worker finished. */
interface Load {
  nudges: number;
  reports: number;
  turns: number;
}

/**
 * Several consumers in one process, each with a connection of its own: they take without waiting, wait when there is
 * nothing, and begin again, until they are asked to end.
 */
const CONSUMERS = `
import { connect } from ${JSON.stringify(pathToFileURL(join(REPOSITORY, "apps/cli/dist/sdk.js")).href)};
const { consumers, role } = JSON.parse(process.env.RACE);
const told = { ids: [], nulls: 0, nulls_while_some_waited: 0, modes: [] };
let stopping = false;
process.on("SIGTERM", () => { stopping = true; });
async function consume() {
  const conveyor = await connect();
  told.modes.push(conveyor.mode);
  const take = role === "worker" ? conveyor.inbox.takeWorker : conveyor.inbox.takeManager;
  const look = async (wait) => {
    const { consumed, pending_count } = await take({ task: "parser", limit: 0, ...wait });
    if (consumed !== null) return told.ids.push(consumed.id);
    told.nulls += 1;
    if (pending_count > 0) told.nulls_while_some_waited += 1;
    return 0;
  };
  while (!stopping) if ((await look({})) === 0 && !stopping) await look({ wait: true, timeout: 1, interval: 1 });
  await conveyor.close();
}
await Promise.all(Array.from({ length: consumers }, consume));
process.stdout.write(JSON.stringify(told));
`;

interface Told {
  ids: number[];
  nulls: number;
  nulls_while_some_waited: number;
  modes: string[];
}

function startConsumers(world: World, role: "worker" | "manager", consumers: number): Promise<Running> {
  const env = { ...world.callerEnv, RACE: JSON.stringify({ role, consumers }) };
  const argv = [process.execPath, "--input-type=module", "-e", CONSUMERS] as const;
  return start([...argv], { cwd: world.project, env, limit_ms: LIMIT_MS });
}

/** Queue everything but the last messages, which come while the race is on. */
async function prepare(world: World, load: Load) {
  const rollout = world.rollout();
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  await world.ask<"sessions.registerWorker">("register-worker", "--name", "ada", "--codex-session", rollout);
  await world.ask<"sessions.registerManager">("register-manager", "--name", "bob", "--codex-session", world.rollout());
  await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
  const [{ id: task_id } = { id: "" }] = ledgerRows<{ id: string }>(world, "SELECT id FROM tasks");
  const now = new Date().toISOString();
  const command = (type: string, index: number) => ({
    id: `command-${type}-${index}`,
    type,
    task_id,
    now,
    payload_json: JSON.stringify({ message: `${type} ${index}` }),
  });
  const commands = Array.from({ length: load.nudges + load.reports }, (_, index) =>
    command(index % (load.nudges / load.reports + 1) < 1 ? "notify_manager" : "nudge_worker", index),
  );
  fillLedger(
    world,
    `INSERT INTO commands (id, seq, updated_seq, idempotency_key, created_at, updated_at, task_id, type, state,
        max_attempts, payload_json) VALUES (@id, @seq, @seq, @id, @now, @now, @task_id, @type, 'pending', 3, @payload_json)`,
    commands,
  );
  const record = (payload: object) => `${JSON.stringify({ timestamp: now, type: "event_msg", payload })}\n`;
  const finishTurns = (amount: number, from: number) =>
    appendFileSync(
      rollout,
      Array.from({ length: amount }, (_, index) => {
        const turn_id = `turn-${from + index}`;
        return record({ type: "task_started", turn_id }) + record({ type: "task_complete", turn_id });
      }).join(""),
    );
  return { commands, finishTurns };
}

/**
 * Who went away empty, and whether something lay there at that moment. Every take writes a heartbeat in its transaction,
 * and everything that is written is numbered in the order of the transactions; so the numbers tell what lay there.
 */
function emptyTakes(world: World): { empty: number; wrong: number } {
  const events = ledgerRows<{ seq: number; session: string; kind: "delivered" | "consumed" | "beat" }>(
    world,
    `SELECT delivered_seq AS seq, target_session_id AS session, 'delivered' AS kind FROM routed_notifications
     UNION ALL SELECT consumed_seq, target_session_id, 'consumed' FROM routed_notifications
     UNION ALL SELECT seq, session_id, 'beat' FROM role_heartbeats ORDER BY 1`,
  );
  const waiting = new Map<string, number>();
  const found = { empty: 0, wrong: 0 };
  let previous: (typeof events)[number] | undefined;
  for (const event of events) {
    const { session, kind } = event;
    const change = { delivered: 1, consumed: -1, beat: 0 }[kind];
    waiting.set(session, (waiting.get(session) ?? 0) + change);
    // A take that got something consumed it right before its heartbeat.
    if (kind === "beat" && !(previous?.kind === "consumed" && previous.session === session)) {
      found.empty += 1;
      if ((waiting.get(session) ?? 0) > 0) found.wrong += 1;
    }
    previous = event;
  }
  return found;
}

const countOf = (world: World, where: string) =>
  ledgerRows<{ n: number }>(world, `SELECT count(*) AS n FROM ${where}`)[0]?.n ?? 0;

async function toldBy(consumers: readonly Running[]): Promise<Told[]> {
  const ended = await Promise.all(consumers.map(({ done }) => done));
  for (const ran of ended) expect([ran.code, ran.stderr], told(ran)).toEqual([0, ""]);
  return ended.map(({ stdout }) => JSON.parse(stdout) as Told);
}

/** What must hold when all of it was delivered and consumed, whoever did it. */
function expectEachOnce(world: World, load: Load, consumers: readonly Told[]): void {
  const total = load.nudges + load.reports + load.turns;
  const ids = consumers.flatMap((own) => own.ids);
  expect([ids.length, new Set(ids).size]).toEqual([total, total]);
  expect(consumers.map((own) => own.nulls_while_some_waited)).toEqual(consumers.map(() => 0));
  const { empty, wrong } = emptyTakes(world);
  expect(wrong).toBe(0);
  expect(empty).toBeGreaterThan(0);

  expect(ledgerRows(world, "SELECT state, attempts, count(*) AS n FROM commands GROUP BY 1, 2")).toEqual([
    { state: "succeeded", attempts: 1, n: load.nudges + load.reports },
  ]);
  expect(ledgerRows(world, "SELECT state, count(*) AS n FROM command_attempts GROUP BY 1")).toEqual([
    { state: "succeeded", n: load.nudges + load.reports },
  ]);
  const items =
    "SELECT signal_type, state, count(*) AS n, count(DISTINCT dedupe_key) AS keys FROM routed_notifications";
  expect(ledgerRows(world, `${items} GROUP BY 1, 2 ORDER BY 1`)).toEqual([
    { signal_type: "notify_manager", state: "delivered", n: load.reports, keys: load.reports },
    { signal_type: "nudge_worker", state: "delivered", n: load.nudges, keys: load.nudges },
    { signal_type: "worker_task_complete", state: "delivered", n: load.turns, keys: load.turns },
  ]);
  expect(countOf(world, "telemetry_events WHERE event_type = 'dispatch_inbox_consumed'")).toBe(total);
  // First come, first served: in each inbox the order of being taken is that of being written.
  const order = "SELECT rank() OVER (PARTITION BY target_session_id ORDER BY seq) AS written";
  const taken = "rank() OVER (PARTITION BY target_session_id ORDER BY consumed_seq) AS taken";
  expect(
    ledgerRows(world, `SELECT 1 FROM (${order}, ${taken} FROM routed_notifications) WHERE written <> taken`),
  ).toEqual([]);
}

const allConsumed = (world: World, total: number) =>
  waitUntil(async () => countOf(world, "routed_notifications WHERE consumed_at IS NOT NULL") >= total, {
    limit_ms: LIMIT_MS - 60_000,
    what: () => `${total} consumed items, not ${countOf(world, "routed_notifications WHERE consumed_at IS NOT NULL")}`,
  });

describe("dispatchers and consumers at the same time", () => {
  const RACES = [
    { dispatchers: 2, processes: { worker: 4, manager: 2 }, load: { nudges: 600, reports: 200, turns: 200 } },
    { dispatchers: 8, processes: { worker: 4, manager: 2 }, load: { nudges: 3_200, reports: 1_300, turns: 500 } },
  ];
  it.each(RACES)(
    "$dispatchers dispatchers and 60 consumers hand over $load: each item once, nobody goes away empty for nothing",
    { timeout: LIMIT_MS },
    async ({ dispatchers, processes, load }) => {
      await withWorld({}, async (world) => {
        const { finishTurns } = await prepare(world, load);
        finishTurns(load.turns / 2, 0);
        const roles = (["worker", "manager"] as const).flatMap((role) => Array(processes[role]).fill(role));
        const consumers = await Promise.all(roles.map((role) => startConsumers(world, role, 60 / roles.length)));
        // Two of them share an id, as two that were started by hand would.
        const ids = Array.from({ length: dispatchers }, (_, index) => (index < 2 ? "dispatch-local" : `d${index}`));
        const watch = ["dispatch", "--watch", "--interval", "0.5", "--limit", "100", "--json"];
        const watchers = await Promise.all(
          ids.map((id) => world.begin([...watch, "--dispatcher-id", id], { limit_ms: LIMIT_MS })),
        );
        finishTurns(load.turns / 2, load.turns / 2);
        await allConsumed(world, load.nudges + load.reports + load.turns);
        for (const running of [...watchers, ...consumers]) running.kill("SIGTERM");

        const ended = await Promise.all(watchers.map(({ done }) => done));
        for (const ran of ended) expect(ran.code, told(ran)).toBe(0);
        const documents = ended.map(({ stdout }) => JSON.parse(stdout) as Answer<"dispatch.watch">);
        const processed = documents.reduce((sum, { processed_count }) => sum + processed_count, 0);
        expect(processed).toBe(load.nudges + load.reports + load.turns);
        expect(new Set(documents.flatMap((own) => own.processed.map(({ state }) => state)))).toEqual(
          new Set(["pull_required"]),
        );
        expectEachOnce(world, load, await toldBy(consumers));
        expect(await world.ask<"system.dbDoctor">("db-doctor", "--full")).toMatchObject({ ok: true });
      });
    },
  );
});

it("twelve consumers of a server that dispatches, beside a dispatcher of its own: each item once", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({ mode: "socket", dispatch: "in the server" }, async (world) => {
    const load = { nudges: 300, reports: 150, turns: 50 };
    const { finishTurns } = await prepare(world, load);
    const consumers = await Promise.all([
      ...[1, 2, 3, 4].map(() => startConsumers(world, "worker", 2)),
      ...[1, 2].map(() => startConsumers(world, "manager", 2)),
    ]);
    const beside = await world.begin(["dispatch", "--watch", "--dispatcher-id", "beside", "--json"]);
    finishTurns(load.turns, 0);
    await allConsumed(world, load.nudges + load.reports + load.turns);
    for (const running of [beside, ...consumers]) running.kill("SIGTERM");
    expect((await beside.done).code).toBe(0);
    const all = await toldBy(consumers);
    expect(all.flatMap(({ modes }) => modes)).toEqual(Array(12).fill("socket"));
    expectEachOnce(world, load, all);
  });
});
