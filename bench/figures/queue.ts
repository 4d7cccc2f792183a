import { type BenchWorld, inWorld } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const COMMANDS = 1000;
const TARGETS = [
  { of: "value", at: "least", limit: 1500 },
  { of: "value", at: "least", limit: 2500, when: "later" },
] as const;

/** Queued nudges to a session without a terminal, delivered by one pass of Dispatch. */
export async function queue({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 3 : 7;
  say(`${COMMANDS} queued nudges, ${rounds} rounds`);
  const samples = await inTurns(rounds, {
    in_process: () =>
      inWorld(async (world) => {
        const client = await queued(world);
        const took = await timed(async () =>
          expectAll((await client.dispatch.run({ once: true, limit: COMMANDS })).processed_count),
        );
        await client.close();
        return took;
      }),
    process: () =>
      inWorld(async (world) => {
        await (await queued(world)).close();
        return timed(async () => {
          const output = await world.conveyor("dispatch", "--once", "--limit", String(COMMANDS), "--json");
          expectAll((JSON.parse(output) as { processed_count: number }).processed_count);
        });
      }),
    empty_process: () =>
      inWorld(async (world) => {
        await (await queued(world, 0)).close();
        return timed(() => world.conveyor("dispatch", "--once", "--limit", String(COMMANDS), "--json"));
      }),
  });
  const perSecond = (times: number[]) => rounded((COMMANDS / median(times)) * 1000);
  return [
    {
      name: "queue/in-process",
      what: `${COMMANDS} queued nudges in one \`dispatch --once\`, called in this process`,
      unit: "commands/s",
      value: perSecond(samples.in_process),
      floor: null,
      details: { took_ms: median(samples.in_process) },
      targets: TARGETS,
    },
    {
      name: "queue/process",
      what: "the same as a process of its own, its start included",
      unit: "commands/s",
      value: perSecond(samples.process),
      floor: null,
      details: { took_ms: median(samples.process), empty_queue_ms: median(samples.empty_process) },
      targets: TARGETS,
    },
  ];
}

async function queued(world: BenchWorld, count = COMMANDS) {
  const client = await world.connect();
  const { task } = await world.pair(client, { lines: 2, line_bytes: 500 });
  await client.dispatch.run({ once: true });
  for (let number = 0; number < count; number += 1) {
    await client.dispatch.enqueueNudgeWorker({ task, message: `Run the tests of part ${number} again` });
  }
  return client;
}

function expectAll(processed: number): void {
  if (processed !== COMMANDS) throw new Error(`only ${processed} of ${COMMANDS} commands were processed`);
}
