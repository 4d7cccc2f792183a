import { expect } from "vitest";
import type { Answer } from "../support/world/answers.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import type { Running } from "../support/world/process.ts";
import type { World } from "../support/world/world.ts";

const answerOf = async <T>(running: Running): Promise<T> => JSON.parse((await running.done).stdout) as T;

async function send(world: World, message: string): Promise<void> {
  await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", message);
  await world.ask<"dispatch.run">("dispatch", "--once");
}

inEveryMode("a process that waits for a message is woken by another process's delivery", async (world) => {
  await world.pair("parser");
  const none = await world.ask<"inbox.takeWorker">(
    "worker-inbox",
    "parser",
    "--consume-next",
    "--wait",
    "--timeout",
    "0",
  );
  expect(none).toMatchObject({ consumed: null, wait: { enabled: true, timed_out: true } });

  // The interval is the longest time between two looks: only being woken explains an answer before it is over.
  const wait = ["worker-inbox", "parser", "--consume-next", "--wait", "--timeout", "50", "--interval", "50", "--json"];
  const waiters = [await world.begin(wait, { limit_ms: 45_000 }), await world.begin(wait, { limit_ms: 45_000 })];
  await send(world, "first");
  await Promise.race(waiters.map(({ done }) => done));
  await send(world, "second");
  const answers = await Promise.all(waiters.map((waiter) => answerOf<Answer<"inbox.takeWorker">>(waiter)));
  expect(answers.map(({ consumed }) => consumed?.payload["message"]).sort()).toEqual(["first", "second"]);
  expect(answers.map(({ wait: { timed_out } }) => timed_out)).toEqual([false, false]);
  expect((await world.ask<"inbox.worker">("worker-inbox", "parser")).pending_count).toBe(0);
});

inEveryMode("tasks, sessions and messages can be followed as they come", async (world) => {
  await world.pair("parser");
  const tasks = await world.begin(["tasks", "--watch"]);
  const sessions = await world.begin(["sessions", "--watch", "--role", "manager"]);
  const messages = await world.begin(["session-inbox", "parser-worker", "--follow"]);
  await tasks.printed(/"name":"parser"/);
  await sessions.printed(/"name":"parser-manager"/);

  await world.ask<"tasks.create">("tasks", "--create", "lexer", "--goal", "cut it into pieces");
  await tasks.printed(/"name":"lexer"/);
  await world.ask<"sessions.registerManager">(
    "register-manager",
    "--name",
    "carol",
    "--codex-session",
    world.rollout(),
  );
  await sessions.printed(/"name":"carol"/);
  await send(world, "follow this");
  await messages.printed(/"message":"follow this"/);

  messages.kill("SIGINT");
  expect((await messages.done).code).toBe(130);
});

inEveryMode("a script reaches the same ledger through the SDK", async (world) => {
  const conveyor = await world.connect();
  const { created } = await conveyor.tasks.create({ name: "parser", goal: "parse everything" });
  expect(created).toBe(true);
  await conveyor.sessions.registerWorker({ name: "ada", codex_session: world.rollout() });
  await conveyor.sessions.registerManager({ name: "bob", codex_session: world.rollout() });
  await conveyor.bindings.bind({ task: "parser", worker: "ada", manager: "bob" });
  expect(conveyor.mode).toBe(world.mode);

  const received: string[] = [];
  const stop = new AbortController();
  const listening = (async () => {
    for await (const item of conveyor.inbox.onItem({ session: "ada" }, { signal: stop.signal })) {
      received.push(String(item.payload["message"]));
      if (received.length === 3) stop.abort();
    }
  })();
  for (const message of ["one", "two", "three"]) await send(world, message);
  await listening;
  expect(received).toEqual(["one", "two", "three"]);

  await expect(conveyor.observation.cycle({ task: "nothing" })).rejects.toMatchObject({
    code: "not_found",
    details: { kind: "task" },
  });
  expect((await world.ask<"sessions.list">("sessions")).map(({ name }) => name)).toEqual(["ada", "bob"]);
});
