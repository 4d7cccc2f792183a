import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type BenchWorld, inWorld } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import { pairsWithMail, Subscriber } from "../support/following.ts";
import type { Options } from "../support/options.ts";
import { median, quantile } from "../support/statistics.ts";

const BUSY = fileURLToPath(new URL("../support/busy.ts", import.meta.url));
const BUSY_PROCESSES = 20;
/** Messages do not come in step with anything that beats. */
const PAUSE_MS = { least: 5, most: 45 };

/** From the call that enqueues and delivers a message to its receipt in another process that waits for it, without a server. */
export async function wake({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 100 : 500;
  const measurements: Measurement[] = [];
  for (const busy of [0, BUSY_PROCESSES]) {
    say(`a wait in another process without a server, beside ${busy} busy processes`);
    measurements.push(await inWorld((world) => besideBusy(world, busy, rounds)));
  }
  return measurements;
}

async function besideBusy(world: BenchWorld, busy: number, rounds: number): Promise<Measurement> {
  const client = await world.connect();
  const [pair] = await pairsWithMail(world, client, 1);
  if (pair === undefined) throw new Error("there is no pair");
  const others = await Promise.all(Array.from({ length: busy }, () => busyProcess(world)));
  const waiting = await Subscriber.ofLedger(world.ledger, pair.worker);
  const { task } = pair;
  const samples: number[] = [];
  try {
    for (let round = -20; round < rounds; round += 1) {
      const value = await waiting.timeOf(`message-${round}`, (correlation_id) =>
        client.dispatch.enqueueNudgeWorker({ task, message: "go on", correlation_id, deliver: true }),
      );
      if (round >= 0) samples.push(value);
      await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
    }
  } finally {
    waiting.close();
    await Promise.all(others.map(ended));
    await client.close();
  }
  return {
    name: busy === 0 ? "wake/alone" : "wake/busy",
    what: `enqueue and delivery in one process to receipt in another without a server, beside ${busy} busy processes; median of ${rounds}`,
    unit: "ms",
    value: median(samples),
    floor: null,
    details: { p95: quantile(samples, 0.95), p99: quantile(samples, 0.99) },
    targets:
      busy === 0
        ? []
        : [
            { of: "value", at: "most", limit: 5 },
            { of: "p95", at: "most", limit: 25 },
          ],
  };
}

/** The ledger is removed afterwards, and none of them is to notice. */
async function ended(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function busyProcess({ ledger, env }: BenchWorld): Promise<ChildProcess> {
  const child = fork(BUSY, [ledger], { execArgv: process.execArgv, env });
  await once(child, "message");
  return child;
}
