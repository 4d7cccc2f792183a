import { setTimeout as sleep } from "node:timers/promises";
import type { Conveyor } from "@conveyor/sdk";
import { inWorld } from "../support/bench-world.ts";
import type { Measurement, Target } from "../support/figure.ts";
import { Audience, pairsWithMail, type Stream, Subscriber } from "../support/following.ts";
import type { Options } from "../support/options.ts";
import { median, quantile } from "../support/statistics.ts";

/** Messages do not come in step with anything that beats. */
const PAUSE_MS = { least: 5, most: 45 };
const WARM_UP_ROUNDS = 20;
/** What else is followed while messages are measured: the same inbox, others, and the two lists. */
const AUDIENCE = { same_inbox: 20, other_inboxes: 50, tasks: 15, sessions: 15 };
const TARGETS: readonly Target[] = [
  { of: "value", at: "most", limit: 8 },
  { of: "p99", at: "most", limit: 40 },
];

/** From the call that enqueues a message to its receipt by a WebSocket subscriber in another process. */
export function latency({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 300 : 500;
  return inWorld(async (world) => {
    const client = await world.connect();
    const [own, ...others] = await pairsWithMail(world, client, 1 + AUDIENCE.other_inboxes / 2);
    await client.close();
    if (own === undefined) throw new Error("there is no pair");
    return world.withServer([], async (server) => {
      const sender = await world.connect();
      const messages = { sender, task: own.task, rounds };
      const alone = await Subscriber.start(server, own.worker);
      say(`enqueue to receipt, ${rounds} messages`);
      const bare = await sample(alone, messages, "alone");
      alone.close();
      const audience = await Audience.start(server, audienceOf(own.worker, others));
      const before = await audience.items();
      // The last to come is the last to be told.
      const last = await Subscriber.start(server, own.worker);
      say(`the same beside ${Object.values(AUDIENCE).reduce((sum, one) => sum + one)} other subscribers`);
      const crowded = await sample(last, messages, "crowded");
      const heard = (await audience.items()) - before;
      last.close();
      audience.close();
      await sender.close();
      if (heard < rounds * AUDIENCE.same_inbox) throw new Error(`the other subscribers received only ${heard} items`);
      return [
        measurement("latency/enqueue-to-receipt", "", bare),
        measurement("latency/with-100-subscribers", ", beside 100 other WebSocket subscribers", crowded),
      ];
    });
  });
}

function audienceOf(session: string, others: readonly { worker: string; manager: string }[]): Stream[] {
  const times = (count: number, stream: Stream) => Array.from({ length: count }, () => stream);
  return [
    ...others.flatMap(({ worker, manager }): Stream[] => [
      { of: "inbox", session: worker },
      { of: "inbox", session: manager },
    ]),
    ...times(AUDIENCE.tasks, { of: "tasks" }),
    ...times(AUDIENCE.sessions, { of: "sessions" }),
    ...times(AUDIENCE.same_inbox, { of: "inbox", session }),
  ];
}

interface Samples {
  messages: number[];
  /** What the same two processes need to tell each other anything. */
  bare: number[];
}

async function sample(
  subscriber: Subscriber,
  { sender, task, rounds }: { sender: Conveyor; task: string; rounds: number },
  name: string,
): Promise<Samples> {
  const samples: Samples = { messages: [], bare: [] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const bare = await subscriber.timeOf(`bare-${round}`, (about) => subscriber.send(about));
    const value = await subscriber.timeOf(`${name}-${round}`, (correlation_id) =>
      sender.dispatch.enqueueNudgeWorker({ task, message: "go on", correlation_id }),
    );
    if (round >= 0) {
      samples.messages.push(value);
      samples.bare.push(bare);
    }
    await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
  }
  return samples;
}

function measurement(name: string, beside: string, { messages, bare }: Samples): Measurement {
  return {
    name,
    what: `enqueue in one process to receipt by a WebSocket subscriber in another, the server's Dispatch between${beside}; median of ${messages.length}`,
    unit: "ms",
    value: median(messages),
    floor: { what: "one message over a pipe between the same two processes", value: median(bare) },
    details: { p90: quantile(messages, 0.9), p99: quantile(messages, 0.99) },
    targets: TARGETS,
  };
}
