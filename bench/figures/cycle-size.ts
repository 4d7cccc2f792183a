import { inWorld } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { median, timed } from "../support/statistics.ts";

const LINE_BYTES = 524;
const MIB = 1024 * 1024;

/** A cycle over a long rollout to which one line was appended, beside the same over a short one. */
export async function cycleSize({ quick, say }: Options): Promise<Measurement[]> {
  const long_mib = quick ? 50 : 500;
  const rounds = quick ? 20 : 40;
  const sizes = { short: 1, long: long_mib };
  return inWorld(async (world) => {
    const client = await world.connect();
    try {
      const pairs = new Map<string, Awaited<ReturnType<typeof world.pair>>>();
      for (const [name, mib] of Object.entries(sizes)) {
        say(`a rollout of ${mib} MiB is written and read`);
        const pair = await world.pair(client, { lines: Math.round((mib * MIB) / LINE_BYTES), line_bytes: LINE_BYTES });
        await client.observation.ingest({ session: pair.worker });
        pairs.set(name, pair);
      }
      const samples: Record<string, number[]> = { short: [], long: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, pair] of pairs) {
          pair.rollout.appendLine();
          const ms = await timed(() => client.observation.cycle({ task: pair.task }));
          // The first rounds warm the machine code up and do not count.
          if (round >= 5) samples[name]?.push(ms);
        }
      }
      const [short, long] = [median(samples["short"] ?? []), median(samples["long"] ?? [])];
      return [
        {
          name: "cycle/long-rollout",
          what: `\`cycle\` after one line was appended to a rollout of ${long_mib} MiB`,
          unit: "ms",
          value: rounded(long),
          floor: { what: "the same for a rollout of 1 MiB, in turns", value: rounded(short) },
          details: { rounds: rounds - 5 },
          targets: [{ of: "ratio", at: "most", limit: 1.2 }],
        },
      ];
    } finally {
      await client.close();
    }
  });
}
