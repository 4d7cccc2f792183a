import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type BenchWorld, inWorld, PROGRAM, SHORT_ROLLOUT, type WorkerPlan } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import { sequenceOf, writeHistory } from "../support/history.ts";
import type { Options } from "../support/options.ts";
import { openPlain } from "../support/plain-database.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const run = promisify(execFile);

/** What has happened to the task: messages with their attempts, and of how many of them telemetry is kept. */
interface Past {
  messages: number;
  with_telemetry: number;
  rollout: WorkerPlan;
}

const FULL: Past = { messages: 20_000, with_telemetry: 5000, rollout: { lines: 50_000, line_bytes: 500 } };
const QUICK: Past = { messages: 2000, with_telemetry: 500, rollout: { lines: 5000, line_bytes: 500 } };
/** A trace is compared on so many messages and on this many times fewer. */
const FEWER = 100;
const MOST_GROWTH = 1.5;
const MOST_BYTES = 1.2;

const TASK = "task-1";
/** Records are read by whole processes that speak to a server; what each may cost beside `node -e 0`. */
const COMMANDS: readonly { name: string; args: string[] }[] = [
  { name: "replay", args: ["replay", TASK, "--limit", "200", "--json"] },
  { name: "search", args: ["telemetry", "--search", "nudge_worker queued", "--json"] },
  { name: "snapshot", args: ["telemetry", "snapshot", "--task", TASK] },
];
const MOST_NODES = 2.5;

/** Reading records of a task with a long past: replay, search, snapshot, trace; and what its records take. */
export async function records({ quick, say }: Options): Promise<Measurement[]> {
  const past = quick ? QUICK : FULL;
  const rounds = quick ? 10 : 20;
  return inWorld(async (world) => {
    say(`${past.messages} messages and ${past.rollout.lines} rollout records are written`);
    const correlation = await makePast(world, past);
    const size = sizeOfEvents(world, past);
    say("commands with a server");
    const commands = await world.withServer([], () => measureCommands(world, rounds));
    say("a trace, beside one in a small ledger");
    const few = { ...past, messages: past.messages / FEWER, with_telemetry: past.with_telemetry / FEWER };
    const trace = await inWorld((small) => measureTrace(world, small, { ...few, rollout: SHORT_ROLLOUT }, correlation));
    return [...commands, trace, size];
  });
}

/** One message of the past has a correlation id of its own, which is what is traced. */
async function makePast(world: BenchWorld, { messages, with_telemetry, rollout }: Past): Promise<string> {
  const client = await world.connect();
  const { task } = await world.pair(client, rollout);
  await client.observation.ingest({ session: "worker-1" });
  const message = async (more: { correlation_id?: string }) => {
    await client.dispatch.enqueueNudgeWorker({ task, message: "Run the tests of this part again", ...more });
    await client.dispatch.run({ once: true, no_ingest: true });
    await client.inbox.takeWorker({ task });
  };
  await message({ correlation_id: "traced" });
  const after_seq = sequenceOf(world.ledger);
  await message({});
  const up_to_seq = sequenceOf(world.ledger);
  await client.close();
  writeHistory(world.ledger, [{ after_seq, up_to_seq, times: messages, with_telemetry }]);
  return "traced";
}

async function measureCommands(world: BenchWorld, rounds: number): Promise<Measurement[]> {
  const whole = (args: string[]) => () =>
    timed(() => run(process.execPath, args, { env: world.env, cwd: world.root, maxBuffer: 64 * 1024 * 1024 }));
  const samples = await inTurns(rounds, {
    node: whole(["-e", "0"]),
    ...Object.fromEntries(COMMANDS.map(({ name, args }) => [name, whole([PROGRAM, ...args])])),
  } as Record<string, () => Promise<number>>);
  const node = median(samples["node"] ?? []);
  return COMMANDS.map(({ name, args }) => ({
    name: `records/${name}`,
    what: `\`conveyor ${args.join(" ")}\` with a server running, median of ${rounds}`,
    unit: "ms",
    value: rounded(median(samples[name] ?? [])),
    floor: { what: "`node -e 0`, in turns with it", value: rounded(node) },
    details: {},
    targets: [{ of: "ratio", at: "most", limit: MOST_NODES } as const],
  }));
}

async function measureTrace(
  large: BenchWorld,
  small: BenchWorld,
  few: Past,
  correlation_id: string,
): Promise<Measurement> {
  await makePast(small, few);
  const clients = { large: await large.connect(), small: await small.connect() };
  try {
    const trace = (client: (typeof clients)["large"]) => () => timed(() => client.audit.trace({ correlation_id }));
    const samples = await inTurns(40, { large: trace(clients.large), small: trace(clients.small) });
    return {
      name: "records/trace",
      what: "`trace` of one message in a ledger with a long past",
      unit: "ms",
      value: rounded(median(samples.large)),
      floor: { what: `the same in a ledger with ${FEWER} times fewer messages`, value: rounded(median(samples.small)) },
      details: {},
      targets: [{ of: "ratio", at: "most", limit: MOST_GROWTH }],
    };
  } finally {
    await clients.large.close();
    await clients.small.close();
  }
}

/** Bytes that records of a rollout take in the ledger, with their indexes, beside the lines that they were. */
function sizeOfEvents(world: BenchWorld, { rollout: { lines, line_bytes } }: Past): Measurement {
  const database = openPlain(world.ledger);
  try {
    const row = database
      .prepare(
        `SELECT sum(s.pgsize) AS bytes FROM dbstat('main', 1) s JOIN sqlite_master m ON m.name = s.name
          WHERE m.tbl_name = 'codex_events'`,
      )
      .get() as { bytes: number };
    return {
      name: "records/ledger",
      what: `what ${lines} ingested records take in the ledger`,
      unit: "bytes",
      value: row.bytes,
      floor: { what: "their lines", value: lines * line_bytes },
      details: {},
      targets: [{ of: "ratio", at: "most", limit: MOST_BYTES }],
    };
  } finally {
    database.close();
  }
}
