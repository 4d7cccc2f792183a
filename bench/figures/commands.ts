import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type BenchWorld, inWorld, type Pair, PROGRAM } from "../support/bench-world.ts";
import type { Measurement, Target } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const run = promisify(execFile);

/** The commands an agent runs all the time, and what they may cost with a server and without. */
const COMMANDS: readonly { name: string; args: (pair: Pair) => string[]; server: number; embedded: number | null }[] = [
  { name: "tasks", args: () => ["tasks", "--json"], server: 1.8, embedded: 3.2 },
  {
    name: "worker-inbox",
    args: ({ task }) => ["worker-inbox", task, "--consume-next", "--json"],
    server: 1.8,
    embedded: 3.2,
  },
  { name: "cycle", args: ({ task }) => ["cycle", task, "--json"], server: 2.2, embedded: null },
];

/** Whole processes, from their start to their end, beside `node -e 0`. */
export async function commands({ quick, say }: Options): Promise<Measurement[]> {
  const rounds = quick ? 15 : 25;
  return inWorld(async (world) => {
    const client = await world.connect();
    const pair = await world.pair(client, { lines: 2000, line_bytes: 500 });
    await client.close();
    say("commands without a server");
    const embedded = await measure(world, pair, rounds, "embedded");
    say("commands with a server");
    const served = await world.withServer([], () => measure(world, pair, rounds, "server"));
    return [...served, ...embedded];
  });
}

async function measure(
  world: BenchWorld,
  pair: Pair,
  rounds: number,
  where: "server" | "embedded",
): Promise<Measurement[]> {
  const whole = (args: string[]) => () => timed(() => run(process.execPath, args, { env: world.env, cwd: world.root }));
  const commands = COMMANDS.filter((command) => command[where] !== null);
  const samples = await inTurns(rounds, {
    node: whole(["-e", "0"]),
    ...Object.fromEntries(commands.map(({ name, args }) => [name, whole([PROGRAM, ...args(pair)])])),
  } as Record<string, () => Promise<number>>);
  const node = median(samples["node"] ?? []);
  return commands.map((command) => {
    const target: Target = { of: "ratio", at: "most", limit: command[where] ?? 0 };
    return {
      name: `command/${command.name}/${where}`,
      what: `\`conveyor ${command.args(pair).join(" ")}\` ${where === "server" ? "with a server running" : "without a server"}, median of ${rounds}`,
      unit: "ms",
      value: median(samples[command.name] ?? []),
      floor: { what: "`node -e 0`, in turns with it", value: node },
      details: {},
      targets: [target],
    };
  });
}
