import { rounded } from "./figure.ts";

/** The value below which that share of the sorted samples lies, 0 to 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error("there are no samples");
  return rounded(value);
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Processor time that `work` takes in this process, in milliseconds; other load changes it far less than the clock. */
export async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Measure several things in turns, A B C A B C, so that whatever else the machine does falls on all of them alike.
 * Every one runs once before it counts. Returns the samples of each.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  measures: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(measures) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of names) await measures[name]();
  for (let round = 0; round < rounds; round += 1) {
    // Every other round backwards, so that nobody always follows the same one.
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) samples[name].push(await measures[name]());
  }
  return samples;
}
