import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inWorld } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { median, quantile } from "../support/statistics.ts";

const SUBSCRIBER = fileURLToPath(new URL("../support/subscriber.ts", import.meta.url));
const RECEIPT_LIMIT_MS = 20_000;
/** Messages do not come in step with anything that beats. */
const PAUSE_MS = { least: 5, most: 45 };

/** From the call that enqueues a message to its receipt by a WebSocket subscriber in another process. */
export function latency({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 200 : 500;
  return inWorld(async (world) => {
    const client = await world.connect();
    const { task, worker } = await world.pair(client, { lines: 2, line_bytes: 500 });
    await client.close();
    return world.withServer([], async ({ url, token_file }) => {
      const sender = await world.connect();
      const subscriber = new Subscriber(url, token_file, worker);
      try {
        await subscriber.receipt("ready");
        say(`enqueue to receipt, ${rounds} messages`);
        const samples: number[] = [];
        const bare: number[] = [];
        for (let round = -10; round < rounds; round += 1) {
          const floor = await subscriber.timeOf(`bare-${round}`, (about) => subscriber.send(about));
          const value = await subscriber.timeOf(`message-${round}`, (correlation_id) =>
            sender.dispatch.enqueueNudgeWorker({ task, message: "go on", correlation_id }),
          );
          if (round >= 0) {
            samples.push(value);
            bare.push(floor);
          }
          await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
        }
        return [
          {
            name: "latency/enqueue-to-receipt",
            what: `enqueue in one process to receipt by a WebSocket subscriber in another, the server's Dispatch between; median of ${rounds}`,
            unit: "ms",
            value: median(samples),
            floor: { what: "one message over a pipe between the same two processes", value: median(bare) },
            details: { p90: quantile(samples, 0.9), p99: quantile(samples, 0.99) },
            targets: [
              { of: "value", at: "most", limit: 15 },
              { of: "value", at: "most", limit: 8, when: "later" },
              { of: "p99", at: "most", limit: 40, when: "later" },
            ],
          },
        ];
      } finally {
        subscriber.close();
        await sender.close();
      }
    });
  });
}

class Subscriber {
  readonly #process: ChildProcess;
  readonly #received = new Map<string, bigint>();
  #wake = () => {};

  constructor(...args: string[]) {
    this.#process = fork(SUBSCRIBER, args, { execArgv: process.execArgv });
    this.#process.on("message", ({ about, at }: { about: string; at: string }) => {
      this.#received.set(about, BigInt(at));
      this.#wake();
    });
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
