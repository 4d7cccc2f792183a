import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type BenchWorld, inWorld, PROGRAM, type WorkerPlan } from "../support/bench-world.ts";
import { type Measurement, rounded, type Target } from "../support/figure.ts";
import { Audience, pairsWithMail, type Stream } from "../support/following.ts";
import type { Options } from "../support/options.ts";

/** Linux counts processor time in these units per second. */
const TICKS_PER_SECOND = 100;
/** Until a process that was just started has come to rest, in milliseconds. */
const SETTLING_MS = 5000;
/** A worker that has worked before. */
const USUAL_ROLLOUT: WorkerPlan = { lines: 2000, line_bytes: 500 };
const SUBSCRIBERS = 20;
const TARGETS: readonly Target[] = [{ of: "value", at: "most", limit: 1 }];

/** Processor time of the processes that stand by all day, both at once and on ledgers of their own. */
export async function idle({ quick, say }: Options): Promise<Measurement[]> {
  const seconds = quick ? 15 : 60;
  say(`an idle dispatcher and an idle server, ${seconds} seconds`);
  const [watch, server] = await Promise.all([
    inWorld((world) => ofWatch(world, seconds)),
    inWorld((world) => ofServer(world, seconds)),
  ]);
  return [
    measurement("idle/watch", "`dispatch --watch` with one bound worker and its rollout", watch, seconds),
    measurement(
      "idle/server",
      `\`serve\` with Dispatch, one bound worker and ${SUBSCRIBERS} WebSocket subscribers`,
      server,
      seconds,
    ),
  ];
}

async function ofWatch(world: BenchWorld, seconds: number): Promise<number> {
  const client = await world.connect();
  await world.pair(client, USUAL_ROLLOUT);
  await client.close();
  const watch = spawn(process.execPath, [PROGRAM, "dispatch", "--watch"], {
    env: world.env,
    cwd: world.root,
    stdio: "ignore",
  });
  const ended = once(watch, "exit");
  try {
    return await processorPercent(watch.pid, seconds);
  } finally {
    watch.kill("SIGTERM");
    await ended;
  }
}

async function ofServer(world: BenchWorld, seconds: number): Promise<number> {
  const client = await world.connect();
  const [pair] = await pairsWithMail(world, client, 1, USUAL_ROLLOUT);
  await client.close();
  if (pair === undefined) throw new Error("there is no pair");
  const kinds: Stream[] = [
    { of: "inbox", session: pair.worker },
    { of: "inbox", session: pair.manager },
    { of: "tasks" },
    { of: "sessions" },
  ];
  return world.withServer([], async (server) => {
    const audience = await Audience.start(
      server,
      Array.from({ length: SUBSCRIBERS / kinds.length }, () => kinds).flat(),
    );
    try {
      return await processorPercent(server.pid, seconds);
    } finally {
      audience.close();
    }
  });
}

/** How much of a core a process needs once it has come to rest. */
async function processorPercent(pid: number | undefined, seconds: number): Promise<number> {
  if (pid === undefined) throw new Error("the process did not start");
  await sleep(SETTLING_MS);
  const before = processorSeconds(pid);
  await sleep(seconds * 1000);
  return ((processorSeconds(pid) - before) / seconds) * 100;
}

function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function measurement(name: string, what: string, percent: number, seconds: number): Measurement {
  return {
    name,
    what: `processor time of an idle ${what} over ${seconds} s`,
    unit: "percent of a core",
    value: rounded(percent),
    floor: null,
    details: { resolution: rounded(100 / TICKS_PER_SECOND / seconds) },
    targets: TARGETS,
  };
}
