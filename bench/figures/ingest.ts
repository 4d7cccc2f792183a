import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inWorld, PROGRAM } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { median, processorTime, timed } from "../support/statistics.ts";

const MIB = 1024 * 1024;
const LINE_BYTES = 524;

interface IngestSample {
  floor_ms: number;
  first_ms: number;
  first_processor_ms: number;
  floor_processor_ms: number;
  again_ms: number;
  again_bytes: number;
  appended_bytes: number;
  lines: number;
  bytes: number;
}

/** Reading a rollout into the ledger, beside reading it and parsing every line. */
export async function ingest({ quick, say }: Options): Promise<Measurement[]> {
  const lines = quick ? 20_000 : 100_000;
  const samples: IngestSample[] = [];
  // The first round warms the machine code up and does not count.
  for (let round = 0; round <= (quick ? 3 : 5); round += 1) {
    say(`ingest of ${lines} lines, round ${round}`);
    const sample = await sampleIngest(lines);
    if (round > 0) samples.push(sample);
  }
  const of = (pick: (sample: IngestSample) => number) => median(samples.map(pick));
  const [first] = samples;
  if (first === undefined) throw new Error("nothing was measured");
  const first_ms = of((sample) => sample.first_ms);
  return [
    {
      name: "ingest/first",
      what: `\`ingest\` of a rollout of ${lines} lines, ${rounded(first.bytes / MIB)} MiB, into an empty ledger`,
      unit: "ms",
      value: first_ms,
      floor: {
        what: "reading the file and JSON.parse of every line, same process",
        value: of((sample) => sample.floor_ms),
      },
      details: {
        processor_ratio: rounded(of((sample) => sample.first_processor_ms) / of((sample) => sample.floor_processor_ms)),
        lines_per_second: Math.round((first.lines / first_ms) * 1000),
        mib_per_second: rounded(first.bytes / MIB / (first_ms / 1000)),
      },
      targets: [
        { of: "ratio", at: "most", limit: 4 },
        { of: "lines_per_second", at: "least", limit: 40_000 },
      ],
    },
    {
      name: "ingest/appended-line",
      what: "the same again after one line was appended",
      unit: "ms",
      value: of((sample) => sample.again_ms),
      floor: null,
      details: {
        first_ms,
        appended_bytes: first.appended_bytes,
        bytes_read_beyond_the_line: Math.max(...samples.map((sample) => sample.again_bytes - sample.appended_bytes)),
      },
      targets: [
        { of: "bytes_read_beyond_the_line", at: "most", limit: 0 },
        { of: "value", at: "most", limit: 100 },
      ],
    },
    ...(quick ? [] : [await peakMemory(say)]),
  ];
}

function sampleIngest(lines: number): Promise<IngestSample> {
  return inWorld(async (world) => {
    const client = await world.connect();
    try {
      const { worker, rollout } = await world.pair(client, { lines, line_bytes: LINE_BYTES });
      const parseAll = () => {
        for (const line of readFileSync(rollout.path, "utf8").split("\n")) if (line !== "") JSON.parse(line);
      };
      // Before and after: what else the machine does falls on both alike.
      let before = 0;
      let first_ms = 0;
      const floor_processor_ms = await processorTime(async () => {
        before = await timed(parseAll);
      });
      const first_processor_ms = await processorTime(async () => {
        first_ms = await timed(() => client.observation.ingest({ session: worker }));
      });
      const after = await timed(parseAll);
      const appended_bytes = rollout.appendLine();
      let again_bytes = 0;
      const again_ms = await timed(async () => {
        const { new_offset, new_events } = await client.observation.ingest({ session: worker });
        if (new_events !== 1) throw new Error(`${new_events} records of one line`);
        again_bytes = new_offset - rollout.bytes;
      });
      return {
        floor_ms: (before + after) / 2,
        floor_processor_ms,
        first_processor_ms,
        first_ms,
        again_ms,
        again_bytes,
        appended_bytes,
        lines,
        bytes: rollout.bytes,
      };
    } finally {
      await client.close();
    }
  });
}

/** Peak memory of a process that reads 500 MB, and of one that reads next to nothing. */
async function peakMemory(say: Options["say"]): Promise<Measurement> {
  const lines = Math.round(500_000_000 / LINE_BYTES);
  say("peak memory of ingesting 500 MB");
  const large = await memoryOf(lines);
  const small = await memoryOf(2);
  return {
    name: "ingest/peak-memory",
    what: "peak resident memory of a process that ingests 500 MB",
    unit: "MiB",
    value: large,
    floor: { what: "the same process with a rollout of two lines", value: small },
    details: {},
    targets: [{ of: "value", at: "most", limit: 200 }],
  };
}

function memoryOf(lines: number): Promise<number> {
  return inWorld(async (world) => {
    const client = await world.connect();
    const { worker } = await world.pair(client, { lines, line_bytes: LINE_BYTES });
    await client.close();
    const child = spawn(process.execPath, ["--require", PEAK_REPORTER, PROGRAM, "ingest", worker, "--json"], {
      env: world.env,
      cwd: world.root,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const report = child.stdio[3];
    if (report == null || !("setEncoding" in report)) throw new Error("the child has no report");
    let text = "";
    report.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    if (code !== 0) throw new Error(`ingest ended with ${code}`);
    return rounded(Number(text) / 1024);
  });
}

const PEAK_REPORTER = fileURLToPath(new URL("../support/report-peak-memory.cjs", import.meta.url));
