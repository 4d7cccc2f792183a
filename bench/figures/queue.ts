import { type BenchWorld, inWorld, SHORT_ROLLOUT } from "../support/bench-world.ts";
import { type Measurement, rounded, type Target } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { writePlainRows } from "../support/plain-rows.ts";
import { inTurns, median, processorTime, timed } from "../support/statistics.ts";

const COMMANDS = 1000;
const ONCE = ["dispatch", "--once", "--limit", String(COMMANDS), "--json"];
const RUNNING: readonly Target[] = [{ of: "commands_per_second", at: "least", limit: 2500 }];
/** A process that begins with it also has to start and to make its statements. */
const STARTING: readonly Target[] = [{ of: "commands_per_second", at: "least", limit: 1500 }];

/** Queued nudges to a session without a terminal, delivered by one pass of Dispatch. */
export async function queue({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 3 : 7;
  say(`${COMMANDS} queued nudges, ${rounds} rounds`);
  const processor: number[] = [];
  const samples = await inTurns(rounds, {
    plain: () => inWorld((world) => writePlainRows(world, COMMANDS)),
    in_process: () =>
      inWorld(async (world) => {
        const client = await queued(world, COMMANDS);
        let took = 0;
        const work = async () => {
          took = await timed(async () => expectAll(await client.dispatch.run({ once: true, limit: COMMANDS })));
        };
        processor.push(await processorTime(work));
        await client.close();
        return took;
      }),
    process: () =>
      inWorld(async (world) => {
        await (await queued(world, COMMANDS)).close();
        return timed(async () => expectAll(JSON.parse(await world.conveyor(...ONCE))));
      }),
    empty: () =>
      inWorld(async (world) => {
        await (await queued(world, 0)).close();
        return timed(() => world.conveyor(...ONCE));
      }),
  });
  const perSecond = (milliseconds: number) => rounded((COMMANDS / milliseconds) * 1000);
  const [process_ms, empty_ms] = [median(samples.process), median(samples.empty)];
  const floor = { what: "SQLite writing as many rows with nothing around it", value: median(samples.plain) };
  return [
    {
      name: "queue/in-process",
      what: `${COMMANDS} queued nudges in one \`dispatch --once\`, called in this process`,
      unit: "ms",
      value: median(samples.in_process),
      floor,
      details: {
        commands_per_second: perSecond(median(samples.in_process)),
        commands_per_processor_second: perSecond(median(processor)),
      },
      targets: RUNNING,
    },
    {
      name: "queue/process",
      what: "the same as a process of its own, its start included",
      unit: "ms",
      value: process_ms,
      floor,
      details: {
        commands_per_second: perSecond(process_ms),
        with_empty_queue_ms: empty_ms,
        commands_per_second_after_start: perSecond(process_ms - empty_ms),
      },
      targets: STARTING,
    },
  ];
}

/** A client of a world in which that many commands wait, and Dispatch has run before. */
async function queued(world: BenchWorld, count: number) {
  const client = await world.connect();
  const { task } = await world.pair(client, SHORT_ROLLOUT);
  await client.dispatch.run({ once: true });
  for (let number = 0; number < count; number += 1) {
    await client.dispatch.enqueueNudgeWorker({ task, message: `Run the tests of part ${number} again` });
  }
  return client;
}

function expectAll({ processed_count }: { processed_count: number }): void {
  if (processed_count !== COMMANDS) throw new Error(`only ${processed_count} of ${COMMANDS} commands were processed`);
}
