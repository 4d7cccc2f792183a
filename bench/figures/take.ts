import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Conveyor } from "@conveyor/sdk";
import { inWorld, PROGRAM, SHORT_ROLLOUT } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, quantile, timed } from "../support/statistics.ts";

const run = promisify(execFile);

/** A worker takes its next message: a whole process beside `node -e 0`, with a server running and a message there. */
export function take({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 20 : 40;
  return inWorld(async (world) => {
    const client = await world.connect();
    const { task } = await world.pair(client, SHORT_ROLLOUT);
    // One more than is counted, because everything runs once before it counts.
    await deliver(client, task, rounds + 1);
    await client.close();
    return world.withServer([], async () => {
      say(`taking ${rounds} messages, one process each`);
      const whole = (args: readonly string[]) => run(process.execPath, args, { env: world.env, cwd: world.root });
      const samples = await inTurns(rounds, {
        node: () => timed(() => whole(["-e", "0"])),
        take: async () => {
          let stdout = "";
          const took = await timed(async () => {
            ({ stdout } = await whole([PROGRAM, "worker-inbox", task, "--consume-next", "--json"]));
          });
          const { consumed } = JSON.parse(stdout) as { consumed: unknown };
          if (consumed === null) throw new Error("there was nothing to take");
          return took;
        },
      });
      return [
        {
          name: "take/server",
          what: `\`conveyor worker-inbox ${task} --consume-next --json\` with a server running and a message to take, median of ${rounds}`,
          unit: "ms",
          value: median(samples.take),
          floor: { what: "`node -e 0`, in turns with it", value: median(samples.node) },
          details: { p90: quantile(samples.take, 0.9) },
          targets: [{ of: "ratio", at: "most", limit: 1.8 }],
        },
      ];
    });
  });
}

async function deliver(client: Conveyor, task: string, messages: number): Promise<void> {
  for (let number = 0; number < messages; number += 1) {
    await client.dispatch.enqueueNudgeWorker({ task, message: `Run the tests of part ${number} again` });
  }
  await client.dispatch.run({ once: true, limit: messages });
}
