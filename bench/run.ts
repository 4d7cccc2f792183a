import { cpus, loadavg, platform, release } from "node:os";
import { parseArgs } from "node:util";
import { beside } from "./figures/beside.ts";
import { bundle } from "./figures/bundle.ts";
import { campaign } from "./figures/campaign.ts";
import { commands } from "./figures/commands.ts";
import { crowd } from "./figures/crowd.ts";
import { cycleSize } from "./figures/cycle-size.ts";
import { durable } from "./figures/durable.ts";
import { endure } from "./figures/endure.ts";
import { history } from "./figures/history.ts";
import { idle } from "./figures/idle.ts";
import { ingest } from "./figures/ingest.ts";
import { latency } from "./figures/latency.ts";
import { loops } from "./figures/loops.ts";
import { pairStatus } from "./figures/pair-status.ts";
import { pictures } from "./figures/pictures.ts";
import { proof } from "./figures/proof.ts";
import { queue } from "./figures/queue.ts";
import { records } from "./figures/records.ts";
import { take } from "./figures/take.ts";
import { wake } from "./figures/wake.ts";
import { type Figure, judged, type Measurement } from "./support/figure.ts";
import type { Options } from "./support/options.ts";
import { tableOf } from "./support/table.ts";

const BENCHMARKS: Record<string, (options: Options) => Promise<Measurement[]>> = {
  commands,
  ingest,
  beside,
  "cycle-size": cycleSize,
  latency,
  wake,
  "pair-status": pairStatus,
  queue,
  proof,
  loops,
  pictures,
  take,
  bundle,
  durable,
  history,
  records,
  idle,
  crowd,
  campaign,
  endure,
};

/**
 * Measure, print one JSON document, and a table of all targets on standard error; tell by the exit code whether every
 * target is met.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string", multiple: true }, quick: { type: "boolean", default: false } },
  });
  const names = Object.keys(BENCHMARKS);
  const only = values.only ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`error: there is no benchmark ${unknown}\nhint: --only takes ${names.join(", ")}\n`);
    return 2;
  }
  const options: Options = { quick: values.quick, say: (what) => void process.stderr.write(`bench: ${what}\n`) };
  const load_before = loadavg()[0];
  const figures: Figure[] = [];
  for (const name of only) {
    const measured = await BENCHMARKS[name]?.(options);
    for (const figure of (measured ?? []).map(judged)) {
      figures.push(figure);
      const ratio = figure.ratio === null ? "" : `, ${figure.ratio} x floor`;
      options.say(`${figure.name}: ${figure.value} ${figure.unit}${ratio} ${figure.met ? "(met)" : "(MISSED)"}`);
    }
  }
  process.stderr.write(`\n${tableOf(figures)}\n`);
  const machine = {
    node: process.version,
    platform: `${platform()} ${release()}`,
    cores: cpus().length,
    load_before,
    load_after: loadavg()[0],
  };
  const met = figures.every((figure) => figure.met);
  process.stdout.write(`${JSON.stringify({ quick: options.quick, machine, met, figures }, null, 2)}\n`);
  return met ? 0 : 1;
}

process.exitCode = await main();
