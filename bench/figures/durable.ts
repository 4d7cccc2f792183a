import { inWorld, SHORT_ROLLOUT } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const MESSAGES = 1000;

/** What it costs that every commit waits for the disk: messages queued one by one, in turns with and without. */
export async function durable({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 2 : 5;
  say(`${MESSAGES} messages queued with and without waiting for the disk, ${rounds} rounds`);
  const samples = await inTurns(rounds, { full: () => queueing("1"), normal: () => queueing("0") });
  const [full, normal] = [median(samples.full), median(samples.normal)];
  return [
    {
      name: "durable/queue",
      what: `${MESSAGES} messages queued one by one, each on the disk before it is acknowledged (CONVEYOR_DURABLE=1)`,
      unit: "ms",
      value: full,
      floor: { what: "the same without waiting for the disk", value: normal },
      details: {
        wait_per_message_ms: rounded((full - normal) / MESSAGES),
        messages_per_second: rounded((MESSAGES / full) * 1000),
      },
      // How long a disk takes is not ours to bound.
      targets: [],
    },
  ];
}

/** How long the messages take, in milliseconds, through the SDK in this process. */
function queueing(durable: "0" | "1"): Promise<number> {
  return inWorld(async (world) => {
    world.env["CONVEYOR_DURABLE"] = durable;
    const client = await world.connect();
    const { task } = await world.pair(client, SHORT_ROLLOUT);
    const took = await timed(async () => {
      for (let number = 0; number < MESSAGES; number += 1) {
        await client.dispatch.enqueueNudgeWorker({ task, message: `Run the tests of part ${number} again` });
      }
    });
    await client.close();
    return took;
  });
}
