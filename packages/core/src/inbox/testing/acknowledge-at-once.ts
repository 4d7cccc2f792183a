import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Input } from "@conveyor/contracts";
import type { World } from "../../testing/world.ts";

type Answer = Input<"inbox.acknowledge">;

/** What one of the processes came to. */
export interface Outcome {
  id?: number;
  status?: string;
  deduplicated?: boolean;
  refused?: string;
}

const SCRIPT = fileURLToPath(new URL("./acknowledge-process.ts", import.meta.url));

/** Give each answer from a process of its own; none begins before all of them are ready to. */
export async function acknowledgeAtOnce(world: World, answers: readonly Answer[]): Promise<Outcome[]> {
  const processes = answers.map((input) => begin(world, input));
  await Promise.all(processes.map(({ ready }) => ready));
  for (const { go } of processes) go();
  return Promise.all(processes.map(({ outcome }) => outcome));
}

function begin(world: World, input: Answer) {
  const { ledger_path: path, state_root: root } = world.ctx.settings;
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, JSON.stringify({ path, root, input })]);
  let output = "";
  let said = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("ready\n")) resolve();
    });
    child.once("close", () => resolve());
  });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(output) as Outcome);
      else reject(new Error(`the process ended with ${code}: ${said}`));
    });
  });
  return { ready, outcome, go: () => child.stdin.on("error", () => {}).end() };
}
