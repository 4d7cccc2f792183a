import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorBody } from "@conveyor/contracts";
import { expect, it } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import type { Answer } from "../support/world/answers.ts";
import { ledgerRows, whileLocked } from "../support/world/ledger.ts";
import { type Ran, told } from "../support/world/process.ts";
import { type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 150_000;
/** Longer than any writer waits for a lock that nobody lets go of. */
const LOCKED_MS = 10_000;

const nudge = (message: string) => ["enqueue-nudge-worker", "parser", "--message", message, "--json"];
const take = ["worker-inbox", "parser", "--consume-next", "--json"];

function expectBusy(ran: Ran): void {
  expect([ran.code, ran.stdout], told(ran)).toEqual([2, ""]);
  expect((JSON.parse(ran.stderr) as { error: ErrorBody }).error).toMatchObject({
    code: "ledger_busy",
    hint: expect.stringContaining("again"),
  });
}

const messagesOf = (world: World) =>
  ledgerRows<{ message: string }>(
    world,
    "SELECT json_extract(payload_json, '$.message') AS message FROM routed_notifications WHERE state = 'delivered'",
  ).map(({ message }) => message);

async function inOwnProcesses(world: World): Promise<void> {
  await world.pair("parser");
  const watch = ["dispatch", "--watch", "--interval", "0.5", "--json"];
  const watcher = await world.begin([...watch, "--dispatcher-id", "before"], { limit_ms: LIMIT_MS });
  const waiting = await world.begin([...take, "--wait", "--timeout", "120"], { limit_ms: LIMIT_MS });
  await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", "before");
  expect(JSON.parse((await waiting.done).stdout)).toMatchObject({ consumed: { payload: { message: "before" } } });
  const stillWaiting = await world.begin([...take, "--wait", "--timeout", "120"], { limit_ms: LIMIT_MS });
  const beats = () => ledgerRows(world, "SELECT 1 FROM role_heartbeats").length;
  await waitUntil(async () => beats() === 2, { limit_ms: 20_000, what: () => "the second consumer's first look" });

  const { refused, late, bounded, waitingToo } = await whileLocked(world, async () => {
    const begun = [nudge("refused"), ["dispatch", "--once", "--json"], take];
    const running = begun.map((argv) => world.begin(argv));
    const waitingToo = await world.begin([...take, "--wait", "--timeout", "120"], { limit_ms: LIMIT_MS });
    const late = await world.begin([...watch, "--dispatcher-id", "late"], { limit_ms: LIMIT_MS });
    const bounded = await world.begin([...watch, "--dispatcher-id", "bounded", "--watch-iterations", "3"]);
    // Who only reads is not kept waiting.
    expect(await world.ask<"inbox.worker">("worker-inbox", "parser")).toMatchObject({ pending_count: 0 });
    await sleep(LOCKED_MS);
    return { refused: running, late, bounded, waitingToo };
  });
  // A dispatch pass that finds nothing to do writes nothing, so a lock is none of its business.
  const [enqueued, once, ...taken] = await Promise.all(refused.map(async (running) => (await running).done));
  for (const ran of [enqueued, ...taken]) expectBusy(ran as Ran);
  expect(once?.code, told(once as Ran)).toBe(0);
  const ended = await bounded.done;
  expect(ended.code, told(ended)).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ iterations: 3 });

  for (const message of ["after", "last"]) {
    await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", message);
  }
  // Whoever waits outlasts the lock, also when it came in the middle of it.
  const got = await Promise.all([stillWaiting, waitingToo].map(async ({ done }) => JSON.parse((await done).stdout)));
  expect(got.map(({ consumed }) => consumed?.payload.message).sort()).toEqual(["after", "last"]);
  expect(messagesOf(world)).toEqual(["before", "after", "last"]);
  for (const running of [watcher, late]) running.kill("SIGTERM");
  const documents = await Promise.all([watcher, late].map(async ({ done }) => JSON.parse((await done).stdout)));
  const counts = (documents as Answer<"dispatch.watch">[]).map(({ processed_count }) => processed_count);
  expect(counts.reduce((sum, count) => sum + count)).toBe(3);
  expect(documents).toMatchObject([{ stopped_by: "SIGTERM" }, { stopped_by: "SIGTERM" }]);
}

async function throughServer(world: World): Promise<void> {
  await world.pair("parser");
  const listener = await world.connect();
  const received: unknown[] = [];
  const stop = new AbortController();
  const listening = (async () => {
    for await (const item of listener.inbox.onItem({ task: "parser", role: "worker" }, { signal: stop.signal })) {
      received.push(item.payload["message"]);
    }
  })();
  const begun = await whileLocked(world, async () => {
    const running = [nudge("during"), take].map((argv) => world.begin(argv));
    expect(await world.ask<"tasks.list">("tasks")).toHaveLength(1);
    await sleep(LOCKED_MS);
    return running;
  });
  // A server writes one thing after the other: what had its turn during the lock was refused, what came after it was done.
  const [enqueued, taken] = await Promise.all(begun.map(async (running) => (await running).done));
  for (const ran of [enqueued, taken]) if (ran?.code !== 0) expectBusy(ran as Ran);
  const sent = [...(enqueued?.code === 0 ? ["during"] : []), "after"];
  await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", "after");
  const arrived = async () => received.length === sent.length;
  await waitUntil(arrived, { limit_ms: 20_000, what: () => `${sent}; so far ${received}` });
  stop.abort();
  await listening;
  expect(received).toEqual(sent);
  expect(messagesOf(world)).toEqual(sent);
}

/** What was claimed and could not be finished must be finished by whoever comes next. */
async function inTheMiddle(world: World): Promise<void> {
  await world.pair("parser");
  const sent = Array.from({ length: 20 }, (_, index) => `message ${index}`);
  for (const message of sent)
    await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", message);
  const [once, watching] = await whileLocked(world, async () => {
    const argv = ["dispatch", "--limit", "100", "--json"];
    const begun = [
      await world.begin([...argv, "--once"]),
      await world.begin([...argv, "--watch", "--interval", "0.5"], { limit_ms: LIMIT_MS }),
    ] as const;
    await sleep(LOCKED_MS);
    return begun;
  });
  expectBusy(await once.done);
  await waitUntil(async () => messagesOf(world).length === sent.length, {
    limit_ms: 20_000,
    what: () => "all messages",
  });
  watching.kill("SIGTERM");
  expect(JSON.parse((await watching.done).stdout)).toMatchObject({ processed_count: sent.length });
  expect(messagesOf(world)).toEqual(sent);
}

it("a ledger that is locked for ten seconds refuses within its bound, ends no watch and loses nothing", {
  timeout: LIMIT_MS,
}, async () => {
  await Promise.all([
    withWorld({}, inOwnProcesses),
    withWorld({}, inTheMiddle),
    withWorld({ mode: "socket", dispatch: "in the server" }, throughServer),
  ]);
});
