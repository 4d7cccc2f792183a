import type { Conveyor } from "@conveyor/sdk";
import { type BenchWorld, inWorld, type Pair, SHORT_ROLLOUT } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import { type Repetition, sequenceOf, writeHistory } from "../support/history.ts";
import type { Options } from "../support/options.ts";
import { median, timed } from "../support/statistics.ts";

/** How much has happened before: messages that were delivered and consumed, and records of a worker's rollout. */
interface Past {
  messages: number;
  events: number;
}

const FULL: Past = { messages: 1_000_000, events: 100_000 };
const QUICK: Past = { messages: 50_000, events: 10_000 };
/** Telemetry is pruned; of so many messages, the newest ones, it is still there. */
const TELEMETRY_KEPT = 100_000;
/** Half of all messages went to the pair that is measured, the others to pairs whose tasks are finished. */
const FINISHED_TASKS = 10;
const LINE_BYTES = 500;
const COMMANDS = 10;
const WARM_UP_ROUNDS = 5;
const MOST_GROWTH = 1.5;

const OPERATIONS = {
  pass: `one pass of Dispatch over ${COMMANDS} new commands`,
  take: "`worker-inbox --consume-next`",
  list: "`session-inbox --limit 10`",
  enqueue: "`enqueue-nudge-worker`",
  idle_pass: "one pass of Dispatch that finds nothing to do",
} as const;
type Operation = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as Operation[];

/** What messages cost in a ledger with a long past, beside the same in an empty one, called in this process. */
export async function history({ quick, say }: Options): Promise<Measurement[]> {
  const past = quick ? QUICK : FULL;
  const rounds = quick ? 30 : 80;
  return inWorld((long) =>
    inWorld(async (empty) => {
      say(`${past.messages} messages and ${past.events} rollout records of the past are written`);
      const took = await timed(() => makePast(long, past));
      const client = await empty.connect();
      await empty.pair(client, SHORT_ROLLOUT);
      await client.close();
      say(`that took ${Math.round(took / 1000)} s; now ${rounds} rounds beside an empty ledger`);
      const samples = await measure({ long, empty }, rounds);
      return NAMES.map((name) => ({
        name: `history/${name}`,
        what: `${OPERATIONS[name]} after ${past.messages} messages and ${past.events} rollout records`,
        unit: "ms",
        value: rounded(median(samples.long[name])),
        floor: { what: "the same in an empty ledger, in turns with it", value: rounded(median(samples.empty[name])) },
        details: { rounds },
        targets: [{ of: "ratio", at: "most", limit: MOST_GROWTH } as const],
      }));
    }),
  );
}

/** The pair that is measured is the first; its worker's finished turns were all reported and the reports taken. */
async function makePast(world: BenchWorld, { messages, events }: Past): Promise<void> {
  const client = await world.connect();
  const repetitions: Repetition[] = [];
  // Turns are reported when they ended after the worker was registered.
  const begins = new Date(Date.now() + 3_600_000);
  const pair = await world.pair(client, { lines: events, line_bytes: LINE_BYTES, begins });
  const reports = await client.dispatch.run({ once: true, limit: events });
  for (const _report of reports.processed) await takenFrom(client.inbox.takeManager({ task: pair.task }));
  repetitions.push(await oneMessage(world, client, pair, { messages: messages / 2 }));
  for (let task = 0; task < FINISHED_TASKS; task += 1) {
    const former = await world.pair(client, SHORT_ROLLOUT);
    repetitions.push(await oneMessage(world, client, former, { messages: messages / 2 / FINISHED_TASKS }));
    await client.tasks.finish({ task: former.task });
  }
  await client.close();
  const share = Math.min(1, TELEMETRY_KEPT / messages);
  const kept = repetitions.map((one) => ({ ...one, with_telemetry: Math.round(one.times * share) }));
  writeHistory(world.ledger, kept);
}

async function oneMessage(
  world: BenchWorld,
  client: Conveyor,
  { task }: Pair,
  { messages }: { messages: number },
): Promise<Repetition> {
  const after_seq = sequenceOf(world.ledger);
  await client.dispatch.enqueueNudgeWorker({ task, message: "Run the tests of this part again" });
  await client.dispatch.run({ once: true });
  await takenFrom(client.inbox.takeWorker({ task }));
  return { after_seq, up_to_seq: sequenceOf(world.ledger), times: messages, with_telemetry: messages };
}

type Samples = Record<Operation, number[]>;

async function measure(worlds: Record<"long" | "empty", BenchWorld>, rounds: number) {
  const begun = async (world: BenchWorld) => ({
    client: await world.connect(),
    samples: Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Samples,
  });
  const sides = { long: await begun(worlds.long), empty: await begun(worlds.empty) };
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [sides.long, sides.empty] : [sides.empty, sides.long];
      for (const { client, samples } of order) {
        const found = await sampleOnce(client);
        if (round < 0) continue;
        for (const name of NAMES) samples[name].push(found[name]);
      }
    }
  } finally {
    await sides.long.client.close();
    await sides.empty.client.close();
  }
  return { long: sides.long.samples, empty: sides.empty.samples };
}

/** Each operation as the mean over as many as there are commands, the pass over all of them once. Leaves nothing waiting. */
async function sampleOnce(client: Conveyor): Promise<Record<Operation, number>> {
  const [task, session] = ["task-1", "worker-1"];
  const each = async (work: () => Promise<unknown>) => {
    const all = await timed(async () => {
      for (let number = 0; number < COMMANDS; number += 1) await work();
    });
    return all / COMMANDS;
  };
  const pass = () => client.dispatch.run({ once: true, limit: 2 * COMMANDS });
  const enqueue = await each(() => client.dispatch.enqueueNudgeWorker({ task, message: "Run the tests again" }));
  let processed = 0;
  const busy = await timed(async () => {
    processed = (await pass()).processed_count;
  });
  if (processed !== COMMANDS) throw new Error(`a pass over ${COMMANDS} commands processed ${processed}`);
  const list = await each(() => client.inbox.session({ session, limit: COMMANDS }));
  const take = await each(() => takenFrom(client.inbox.takeWorker({ task })));
  return { enqueue, pass: busy, list, take, idle_pass: await each(pass) };
}

async function takenFrom(answer: Promise<{ consumed: unknown }>): Promise<void> {
  if ((await answer).consumed === null) throw new Error("there was nothing to take");
}
