import { spawn } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchWorld, inWorld, PROGRAM } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import { sequenceOf, writeHistory } from "../support/history.ts";
import type { Options } from "../support/options.ts";
import { median } from "../support/statistics.ts";

/** The task of the issue: its commands with their attempts and messages, telemetry, and records of its worker's rollout. */
const WHOLE = { commands: 20_000, telemetry: 50_000, records: 50_000, rounds: 5 };
const QUICK = { commands: 2_000, telemetry: 5_000, records: 5_000, rounds: 1 };
const LINE_BYTES = 500;
const PEAK_REPORTER = fileURLToPath(new URL("../support/report-peak-memory.cjs", import.meta.url));

/** What it costs to write everything about a task with a long history into a bundle and its archive, as one process. */
export async function bundle({ quick, say }: Options): Promise<Measurement[]> {
  const past = quick ? QUICK : WHOLE;
  return inWorld(async (world) => {
    say(
      `a task with ${past.commands} commands, ${past.telemetry} telemetry events and ${past.records} records is made`,
    );
    const task = await makeTask(world, past);
    const output = join(world.root, "bundle");
    const runs: { ms: number; mib: number }[] = [];
    const starts: { ms: number; mib: number }[] = [];
    for (let round = 0; round < past.rounds; round += 1) {
      rmSync(output, { recursive: true, force: true });
      starts.push(await run(world, ["tasks", "--json"]));
      runs.push(await run(world, ["export-task", task, "--output", output, "--zip"]));
    }
    const start = rounded(median(starts.map(({ ms }) => ms)));
    const details = { archive_bytes: statSync(`${output}.zip`).size, ...past };
    return [
      {
        name: "bundle/export",
        what: `\`export-task --zip\` of a task with ${past.commands} commands`,
        unit: "ms",
        value: rounded(median(runs.map(({ ms }) => ms)) - start),
        floor: { what: "`tasks --json` in the same ledger, in turns with it; taken off", value: start },
        details,
        targets: [{ of: "value", at: "most", limit: 2000 }],
      },
      {
        name: "bundle/peak-memory",
        what: "peak resident memory of the same",
        unit: "MiB",
        value: rounded(Math.max(...runs.map(({ mib }) => mib))),
        floor: { what: "`tasks --json`", value: rounded(median(starts.map(({ mib }) => mib))) },
        details,
        targets: [{ of: "value", at: "most", limit: 200 }],
      },
    ];
  });
}

async function makeTask(world: BenchWorld, past: typeof WHOLE): Promise<string> {
  const client = await world.connect();
  const { task } = await world.pair(client, { lines: past.records, line_bytes: LINE_BYTES });
  const after_seq = sequenceOf(world.ledger);
  await client.dispatch.enqueueNudgeWorker({ task, message: "Run the tests of this part again" });
  await client.dispatch.run({ once: true });
  await client.inbox.takeWorker({ task });
  const events = await client.telemetry.list({ task, limit: 1000 });
  const each = events.filter(({ event_type }) => /^(command|dispatch)_/.test(event_type)).length;
  await client.close();
  const with_telemetry = Math.round(past.telemetry / Math.max(1, each));
  writeHistory(world.ledger, [
    { after_seq, up_to_seq: sequenceOf(world.ledger), times: past.commands, with_telemetry },
  ]);
  return task;
}

/** Run the program once: how long it took, and how much memory it held at most. */
async function run(world: BenchWorld, argv: readonly string[]): Promise<{ ms: number; mib: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--require", PEAK_REPORTER, PROGRAM, ...argv], {
    env: world.env,
    cwd: world.root,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const report = child.stdio[3];
  if (report == null || !("setEncoding" in report)) throw new Error("the child has no report");
  let text = "";
  report.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`${argv[0]} ended with ${code}`);
  return { ms: performance.now() - begun, mib: Number(text) / 1024 };
}
