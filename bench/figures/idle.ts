import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inWorld } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";

/** Linux counts processor time in these units per second. */
const TICKS_PER_SECOND = 100;

/** Processor time of a server that has nothing to do, its Dispatch included. */
export function idle({ quick, say }: Options): Promise<Measurement[]> {
  const seconds = quick ? 10 : 20;
  return inWorld(async (world) => {
    const client = await world.connect();
    await world.pair(client, { lines: 2000, line_bytes: 500 });
    await client.close();
    return world.withServer([], async ({ pid }) => {
      say(`idle server, ${seconds} seconds`);
      await sleep(3000);
      const before = processorSeconds(pid);
      await sleep(seconds * 1000);
      const used = processorSeconds(pid) - before;
      return [
        {
          name: "idle/server",
          what: `processor time of an idle server with Dispatch and one bound worker over ${seconds} s`,
          unit: "percent of a core",
          value: rounded((used / seconds) * 100),
          floor: null,
          details: { resolution: rounded(100 / TICKS_PER_SECOND / seconds) },
          targets: [{ of: "value", at: "most", limit: 1 }],
        },
      ];
    });
  });
}

function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
