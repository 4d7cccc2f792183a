import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inWorld, PROGRAM } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const run = promisify(execFile);

/** What a pair that has run for a day has behind it: a heartbeat of each role every two minutes. */
const HEARTBEATS = 720;

/** `app-autopilot status` beside the cheapest command, in turns, as whole processes with a server running. */
export async function pairStatus({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 15 : 25;
  return inWorld(async (world) => {
    const client = await world.connect();
    const { task } = await world.pair(client, { lines: 10, line_bytes: 100 });
    await client.autonomy.startAutopilot({ task });
    for (let i = 0; i < (quick ? 20 : HEARTBEATS); i++) {
      for (const role of ["manager", "worker"] as const) await client.autonomy.heartbeat({ task, role });
    }
    await client.close();
    say("app-autopilot status beside the cheapest command");
    return world.withServer([], async () => {
      const whole = (...args: string[]) => {
        const argv = [PROGRAM, ...args, "--json"];
        return () => timed(() => run(process.execPath, argv, { env: world.env, cwd: world.root }));
      };
      const samples = await inTurns(rounds, {
        cheapest: whole("tasks"),
        status: whole("app-autopilot", "status", task),
      });
      return [
        {
          name: "pair/status/server",
          what: `\`conveyor app-autopilot status ${task} --json\` with a server running, median of ${rounds}`,
          unit: "ms",
          value: median(samples.status),
          floor: { what: "`conveyor tasks --json`, in turns with it", value: median(samples.cheapest) },
          details: { heartbeats_of_each_role: quick ? 20 : HEARTBEATS },
          targets: [{ of: "ratio", at: "most", limit: 1.15 }],
        },
      ];
    });
  });
}
