import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inWorld } from "../support/bench-world.ts";
import type { Measurement } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { median, quantile, timed } from "../support/statistics.ts";

const LINE_BYTES = 800;
const MIB = 1024 * 1024;

/** How long a caller of a server waits while the same server reads a large rollout. */
export async function beside({ quick, say }: Options): Promise<Measurement[]> {
  const mib = quick ? 60 : 300;
  say(`a caller of a server that reads ${mib} MiB`);
  const measurement = await inWorld(async (world) => {
    const client = await world.connect();
    const { worker } = await world.pair(client, {
      lines: Math.floor((mib * MIB) / LINE_BYTES),
      line_bytes: LINE_BYTES,
    });
    await client.close();
    return world.withServer(["--no-dispatch"], async ({ url, token_file }) => {
      const reader = await world.connect();
      const authorization = `Bearer ${readFileSync(token_file, "utf8").trim()}`;
      const ask = async () => {
        const answer = await fetch(`${url}/trpc/tasks.list?input=%7B%7D`, { headers: { authorization } });
        if (!answer.ok) throw new Error(`the caller was refused: ${answer.status}`);
        await answer.arrayBuffer();
      };
      await ask();
      let reading = true;
      const ingest = reader.observation.ingest({ session: worker }).finally(() => {
        reading = false;
      });
      const waits: number[] = [];
      while (reading) {
        waits.push(await timed(ask));
        await sleep(2);
      }
      const { new_events } = await ingest;
      await reader.close();
      return {
        name: "beside/ingest",
        what: `the longest wait of a caller over HTTP while the server reads a rollout of ${mib} MiB`,
        unit: "ms",
        value: quantile(waits, 1),
        floor: null,
        details: { p50: median(waits), p99: quantile(waits, 0.99), calls: waits.length, new_events },
        targets: [{ of: "value", at: "most", limit: 50 }],
      } satisfies Measurement;
    });
  });
  return [measurement];
}
