import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Conveyor } from "@conveyor/sdk";
import { type BenchWorld, inWorld, PROGRAM, type Server } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import { Audience } from "../support/following.ts";
import type { Options } from "../support/options.ts";
import { median, quantile, timed } from "../support/statistics.ts";

const PROCESSES = 20;
const KILLS = 9;
const SUBSCRIBERS = 50;
const WRITERS = 4;
const LISTED = { tasks: 2000, sessions: 500 };

/** What is lost, and how long a caller waits, when many work on one ledger and its server is killed under them. */
export async function endure({ quick, say }: Options): Promise<Measurement[]> {
  const seconds = quick ? 8 : 30;
  say(`${PROCESSES} command lines at once for ${seconds} seconds, without a server`);
  const processes = await inWorld((world) => manyProcesses(world, seconds));
  const kills = quick ? 3 : KILLS;
  say(`a server killed ${kills} times beside ${SUBSCRIBERS} subscribers and ${WRITERS} writers`);
  const killed = await inWorld((world) => underKills(world, kills));
  say(`lists of ${LISTED.tasks} tasks and ${LISTED.sessions} sessions`);
  const lists = await inWorld((world) => longLists(world, quick ? 20 : 100));
  return [processes, killed, ...lists];
}

/** One command line process; resolves with its exit code. */
function command(world: BenchWorld, ...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: world.env, cwd: world.root, stdio: "ignore" });
  return new Promise((resolve) => child.on("exit", resolve));
}

async function manyProcesses(world: BenchWorld, seconds: number): Promise<Measurement> {
  await world.conveyor("tasks", "--create", "first", "--goal", "be there");
  const until = performance.now() + seconds * 1000;
  const samples: number[] = [];
  const made: string[] = [];
  let failed = 0;
  const one = async () => {
    while (performance.now() < until) {
      const name = randomUUID();
      samples.push(
        await timed(async () => {
          if ((await command(world, "tasks", "--create", name, "--goal", "be measured")) === 0) made.push(name);
          else failed += 1;
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, one));
  const { lost, doubled } = await compare(world, made);
  return {
    name: "endure/processes",
    what: `commands of ${PROCESSES} processes at once on one ledger that failed, were lost or were carried out twice`,
    unit: "commands",
    value: failed + lost + doubled,
    floor: null,
    details: { commands: samples.length, failed, lost, doubled, p50: median(samples), p99: quantile(samples, 0.99) },
    targets: [{ of: "value", at: "most", limit: 0 }],
  };
}

async function underKills(world: BenchWorld, kills: number): Promise<Measurement> {
  await world.conveyor("tasks", "--create", "first", "--goal", "be there");
  let server = await serve(world, "0");
  const { port } = new URL(server.url);
  const token = readFileSync(server.token_file, "utf8").trim();
  const audience = await Audience.start(
    server,
    Array.from({ length: SUBSCRIBERS }, () => ({ of: "tasks" }) as const),
  );
  const acknowledged: string[] = [];
  let writing = true;
  const writer = async () => {
    while (writing) {
      const name = randomUUID();
      if (await write(server, token, name)) acknowledged.push(name);
      else await sleep(20);
    }
  };
  const writers = Array.from({ length: WRITERS }, writer);
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(2_500);
      process.kill(server.pid, "SIGKILL");
      server = await serve(world, port);
    }
    writing = false;
    await Promise.all(writers);
    const { lost, doubled } = await compare(world, acknowledged);
    // Every subscriber is told of every task, over all the servers there were.
    const wanted = (acknowledged.length + 1) * SUBSCRIBERS;
    const deadline = performance.now() + 30_000;
    let told = await audience.items();
    while (told < wanted && performance.now() < deadline) {
      await sleep(200);
      told = await audience.items();
    }
    const missed = Math.max(0, wanted - told);
    return {
      name: "endure/kills",
      what: `acknowledged writes that were lost or carried out twice, and items that a subscriber missed, over ${kills} kill -9`,
      unit: "rows",
      value: lost + doubled + missed,
      floor: null,
      details: { acknowledged: acknowledged.length, lost, doubled, missed, told },
      targets: [{ of: "value", at: "most", limit: 0 }],
    };
  } finally {
    writing = false;
    audience.close();
    await world.conveyor("serve", "--stop");
  }
}

async function serve(world: BenchWorld, port: string): Promise<Server> {
  return JSON.parse(await world.conveyor("serve", "--detach", "--port", port, "--no-dispatch", "--json")) as Server;
}

/** Whether the server said that it is done; an answer that never came says nothing. */
async function write({ url }: Server, token: string, name: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ name, goal: "be measured" });
  try {
    return (await fetch(`${url}/trpc/tasks.create`, { method: "POST", headers, body })).ok;
  } catch {
    return false;
  }
}

/** Of the tasks that were said to be made: how many are not there, and how many there are twice. */
async function compare(world: BenchWorld, made: readonly string[]): Promise<{ lost: number; doubled: number }> {
  const client = await world.connect();
  const names = await allNames(client);
  await client.close();
  const unique = new Set(names);
  return { lost: made.filter((name) => !unique.has(name)).length, doubled: names.length - unique.size };
}

async function allNames(client: Conveyor): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await client.tasks.list({ limit: 10_000, ...(after !== undefined && { after }) });
    names.push(...page.map(({ name }) => name));
    after = page.at(-1)?.id;
    if (page.length < 10_000 || after === undefined) return names;
  }
}

async function longLists(world: BenchWorld, rounds: number): Promise<Measurement[]> {
  await world.conveyor("tasks", "--create", "first", "--goal", "be there");
  return world.withServer(["--no-dispatch"], async () => {
    const client = await world.connect();
    for (let number = 0; number < LISTED.sessions / 2; number += 1)
      await world.pair(client, { lines: 2, line_bytes: 200 });
    for (let number = LISTED.sessions / 2 + 1; number < LISTED.tasks; number += 1)
      await client.tasks.create({ name: `more-${number}`, goal: "be listed" });
    const measure = async (name: string, limit: number, list: () => Promise<unknown>): Promise<Measurement> => {
      await list();
      const samples: number[] = [];
      for (let round = 0; round < rounds; round += 1) samples.push(await timed(list));
      return {
        name: `endure/${name}`,
        what: `the list of ${LISTED.tasks} tasks or ${LISTED.sessions} sessions over the socket, median of ${rounds}`,
        unit: "ms",
        value: median(samples),
        floor: null,
        details: { p99: quantile(samples, 0.99) },
        targets: [{ of: "value", at: "most", limit }],
      };
    };
    const tasks = await measure("tasks", 20, () => client.tasks.list());
    const sessions = await measure("sessions", 55, () => client.sessions.list());
    await client.close();
    return [tasks, sessions];
  });
}
