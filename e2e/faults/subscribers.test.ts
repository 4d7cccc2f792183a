import { setTimeout as sleep } from "node:timers/promises";
import { type Conveyor, type ConveyorError, connect } from "@conveyor/sdk";
import { expect, it } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { told } from "../support/world/process.ts";
import { type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;
const WEB_SOCKETS = 200;
const UNIX_SOCKETS = 40;
const TASKS = ["parser", "lexer"] as const;
/** Between two messages, in milliseconds: so many come that each of the server's ends falls between some of them. */
const PAUSE_MS = 25;

/** Somebody who follows the inbox of one task's worker over a connection of its own. */
class Subscriber {
  readonly task: string;
  readonly received: unknown[] = [];
  readonly #conveyor: Conveyor;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  private constructor(conveyor: Conveyor, task: string) {
    this.#conveyor = conveyor;
    this.task = task;
    this.#following = this.#follow();
  }

  static async start(options: Parameters<typeof connect>[0], task: string): Promise<Subscriber> {
    return new Subscriber(await connect(options), task);
  }

  /** Go away; throws what ended the stream before. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#conveyor.close();
  }

  async #follow(): Promise<void> {
    const items = this.#conveyor.inbox.onItem({ task: this.task, role: "worker" }, { signal: this.#stop.signal });
    for await (const { payload } of items) this.received.push(payload["message"]);
  }
}

async function subscribers(world: World): Promise<Subscriber[]> {
  const remote = { server: world.server?.url, token: world.token, env: world.env };
  const local = { env: world.env, cwd: world.project };
  const all = [
    ...Array.from({ length: WEB_SOCKETS }, () => remote),
    ...Array.from({ length: UNIX_SOCKETS }, () => local),
  ];
  return Promise.all(all.map((options, index) => Subscriber.start(options, TASKS[index % TASKS.length] ?? TASKS[0])));
}

/** Sends one message after the other to the worker of every task until it is told to stop. */
class Sender {
  readonly sent = new Map<string, string[]>(TASKS.map((task) => [task, []]));
  #count = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(conveyor: Conveyor) {
    this.#ended = this.#run(conveyor);
  }

  /** Resolves when this many more have been sent. */
  async sends(more: number): Promise<void> {
    const wanted = this.#count + more;
    await waitUntil(async () => this.#count >= wanted, { limit_ms: 30_000, what: () => `message ${wanted}` });
  }

  /** Throws what went wrong with any of them. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#ended;
  }

  async #run({ dispatch }: Conveyor): Promise<void> {
    for (; !this.#stopped; this.#count += 1) {
      for (const task of TASKS) {
        const message = `${task} ${this.#count}`;
        await dispatch.enqueueNudgeWorker({ task, message });
        this.sent.get(task)?.push(message);
      }
      // A pass that the server did not live to finish is made up for by the next one.
      await dispatch.run({ once: true }).catch((error: ConveyorError) => {
        if (error.code !== "server_unreachable") throw error;
      });
      await sleep(PAUSE_MS);
    }
    await dispatch.run({ once: true, limit: 1000 });
  }
}

it(`${WEB_SOCKETS + UNIX_SOCKETS} subscribers get every message once and in order while the server is stopped, killed and started again`, {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({ mode: "socket" }, async (world) => {
    for (const task of TASKS) await world.pair(task);
    const port = new URL(world.server?.url ?? "").port;
    const all = await subscribers(world);
    const sender = new Sender(await world.connect());
    await sender.sends(5);

    // The user stops the server; messages go on coming, and the next server finds everybody again.
    const stopped = await (await world.begin(["serve", "--stop"], { env: world.env })).done;
    expect(stopped.code, told(stopped)).toBe(0);
    await world.stopServer();
    await sender.sends(5);
    await world.serve("--port", port);
    await sender.sends(5);

    // The same for a server that has no time to say anything.
    await world.stopServer("SIGKILL");
    await sender.sends(5);
    await world.serve("--port", port);
    await sender.sends(5);
    await sender.stop();

    const late = () => all.filter(({ task, received }) => received.length < (sender.sent.get(task)?.length ?? 0));
    await waitUntil(async () => late().length === 0, { limit_ms: 30_000, what: () => `${late().length} subscribers` });
    await Promise.all(all.map((subscriber) => subscriber.leave()));
    for (const { task, received } of all) expect(received).toEqual(sender.sent.get(task));
  });
});
