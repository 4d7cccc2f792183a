import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inWorld, type Server } from "../support/bench-world.ts";
import { Crowd } from "../support/crowd.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import { Audience } from "../support/following.ts";
import type { Options } from "../support/options.ts";
import { quantile, timed } from "../support/statistics.ts";

const IDLE_CLIENTS = 500;
const HOSTILE_CLIENTS = 50;
const SUBSCRIPTIONS = 100;
/** Writers at once, so that a hundred subscriptions see some ten thousand items a second. */
const WRITERS = 4;

/** What many clients at once cost those who want something, and what they cost in memory. */
export async function crowd({ quick, say }: Options): Promise<Measurement[]> {
  say(`a caller beside ${IDLE_CLIENTS} idle and ${HOSTILE_CLIENTS} hostile clients`);
  const calls = quick ? 500 : 3000;
  const caller = await inWorld((world) => world.withServer(["--no-dispatch"], (server) => besideCrowd(server, calls)));
  const seconds = quick ? 15 : 60;
  say(`memory of a server with ${SUBSCRIPTIONS} subscriptions, ${seconds} seconds`);
  const memory = await inWorld((world) =>
    world.withServer(["--no-dispatch"], (server) => underSubscriptions(server, seconds)),
  );
  return [caller, memory];
}

const tokenOf = ({ token_file }: Server) => readFileSync(token_file, "utf8").trim();

async function besideCrowd(server: Server, calls: number): Promise<Measurement> {
  const crowd = new Crowd(server);
  const token = tokenOf(server);
  const call = () => timed(() => ask(server, token));
  try {
    await crowd.idle(IDLE_CLIENTS, token);
    crowd.hostile(HOSTILE_CLIENTS);
    await sleep(1000);
    const samples: number[] = [];
    for (let number = 0; number < calls; number += 1) samples.push(await call());
    return {
      name: "crowd/caller",
      what: `an HTTP query beside ${IDLE_CLIENTS} idle and ${HOSTILE_CLIENTS} hostile clients, 99 of 100`,
      unit: "ms",
      value: quantile(samples, 0.99),
      floor: null,
      details: { p50: quantile(samples, 0.5), calls },
      targets: [{ of: "value", at: "most", limit: 100 }],
    };
  } finally {
    crowd.close();
  }
}

async function underSubscriptions(server: Server, seconds: number): Promise<Measurement> {
  const token = tokenOf(server);
  await write(server, token, "first");
  const audience = await Audience.start(
    server,
    Array.from({ length: SUBSCRIPTIONS }, () => ({ of: "tasks" }) as const),
  );
  let writing = true;
  let written = 0;
  const writer = async (number: number) => {
    while (writing) {
      await write(server, token, `task-${number}-${written}`);
      written += 1;
    }
  };
  try {
    const begun = performance.now();
    const before = await audience.items();
    const writers = Array.from({ length: WRITERS }, (_, number) => writer(number));
    await sleep((seconds * 1000) / 3);
    const early = residentMiB(server.pid);
    await sleep((seconds * 2000) / 3);
    const late = residentMiB(server.pid);
    writing = false;
    await Promise.all(writers);
    const items = (await audience.items()) - before;
    return {
      name: "crowd/memory",
      what: `memory of a server with ${SUBSCRIPTIONS} subscriptions under load, after a third of ${seconds} s and at the end`,
      unit: "late per early",
      value: rounded(late / early),
      floor: null,
      details: {
        early_mib: rounded(early),
        late_mib: rounded(late),
        items_per_second: rounded(items / ((performance.now() - begun) / 1000)),
        writes: written,
      },
      targets: [{ of: "value", at: "most", limit: 1.25 }],
    };
  } finally {
    writing = false;
    audience.close();
  }
}

async function ask({ url }: Server, token: string): Promise<void> {
  const answer = await fetch(`${url}/trpc/tasks.list?input=%7B%7D`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`the caller was refused: ${answer.status}`);
  await answer.arrayBuffer();
}

async function write({ url }: Server, token: string, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ name, goal: "be measured" });
  const answer = await fetch(`${url}/trpc/tasks.create`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the writer was refused: ${answer.status}`);
  await answer.arrayBuffer();
}

/** Memory that a process really holds, in MiB. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
