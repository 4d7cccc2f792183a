import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Conveyor } from "@conveyor/sdk";
import { type BenchWorld, type Pair, type Server, SHORT_ROLLOUT, type WorkerPlan } from "./bench-world.ts";

const SUBSCRIBER = fileURLToPath(new URL("./subscriber.ts", import.meta.url));
const AUDIENCE = fileURLToPath(new URL("./audience.ts", import.meta.url));
const RECEIPT_LIMIT_MS = 20_000;
/** More than a pass finds to do. */
const EVERYTHING = 10_000;

/** A process that follows one inbox over a WebSocket and says when it got what. */
export class Subscriber {
  readonly #process: ChildProcess;
  readonly #received = new Map<string, bigint>();
  #wake = () => {};

  private constructor(args: readonly string[]) {
    this.#process = fork(SUBSCRIBER, args, { execArgv: process.execArgv });
    this.#process.on("message", ({ about, at }: { about: string; at: string }) => {
      this.#received.set(about, BigInt(at));
      this.#wake();
    });
  }

  /** Follow the inbox of a session. */
  static async start({ url, token_file }: Server, session: string): Promise<Subscriber> {
    const subscriber = new Subscriber([url, token_file, session]);
    await subscriber.receipt("ready");
    return subscriber;
  }

  /** The same without a server: the process waits at the ledger itself. */
  static async ofLedger(ledger: string, session: string): Promise<Subscriber> {
    const subscriber = new Subscriber([ledger, "", session]);
    await subscriber.receipt("ready");
    return subscriber;
  }

  send(about: string): void {
    this.#process.send(about);
  }

  /** Milliseconds from the call of `begin` to the receipt of what it is about. */
  async timeOf(about: string, begin: (about: string) => unknown): Promise<number> {
    const begun = process.hrtime.bigint();
    await begin(about);
    return Number((await this.receipt(about)) - begun) / 1e6;
  }

  async receipt(about: string): Promise<bigint> {
    const deadline = performance.now() + RECEIPT_LIMIT_MS;
    for (;;) {
      const at = this.#received.get(about);
      if (at !== undefined) return at;
      if (performance.now() > deadline) throw new Error(`${about} was not received within ${RECEIPT_LIMIT_MS} ms`);
      await Promise.race([
        sleep(1000),
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      ]);
    }
  }

  close(): void {
    this.#process.disconnect();
  }
}

/** A live stream that somebody follows. */
export type Stream = { of: "inbox"; session: string } | { of: "tasks" } | { of: "sessions" };

/** A process that follows many streams at once, each over a WebSocket of its own. */
export class Audience {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Connect all of them; each stream must have something to show at once. */
  static async start({ url, token_file }: Server, streams: readonly Stream[]): Promise<Audience> {
    const child = fork(AUDIENCE, [url, token_file, JSON.stringify(streams)], { execArgv: process.execArgv });
    const audience = new Audience(child);
    await audience.#answer();
    return audience;
  }

  /** How many items all of them together have received. */
  async items(): Promise<number> {
    const answer = this.#answer();
    this.#process.send("how many");
    return answer;
  }

  close(): void {
    this.#process.disconnect();
  }

  async #answer(): Promise<number> {
    const signal = AbortSignal.timeout(RECEIPT_LIMIT_MS);
    const [{ items }] = (await once(this.#process, "message", { signal })) as [{ items: number }];
    return items;
  }
}

/** Pairs of which every session has one message in its inbox, so that who follows it hears something. */
export async function pairsWithMail(
  world: BenchWorld,
  client: Conveyor,
  count: number,
  plan: WorkerPlan = SHORT_ROLLOUT,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let number = 0; number < count; number += 1) {
    const pair = await world.pair(client, plan);
    await client.dispatch.enqueueNudgeWorker({ task: pair.task, message: "begin" });
    await client.dispatch.enqueueNotifyManager({ task: pair.task, message: "begun" });
    pairs.push(pair);
  }
  await client.dispatch.run({ once: true, limit: EVERYTHING });
  return pairs;
}
