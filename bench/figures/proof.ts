import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Conveyor } from "@conveyor/sdk";
import { type BenchWorld, inWorld, PROGRAM } from "../support/bench-world.ts";
import { type Measurement, rounded } from "../support/figure.ts";
import type { Options } from "../support/options.ts";
import { inTurns, median, timed } from "../support/statistics.ts";

const run = promisify(execFile);

/** Files of the tree that most figures are of, of the large one, and how many rounds are measured. */
const SIZES = {
  whole: { files: 10_000, large: 50_000, rounds: 9, criteria: 500, checks: 200 },
  quick: { files: 1_000, large: 5_000, rounds: 5, criteria: 50, checks: 20 },
};

/** What proving costs (spec 09 §9.9): hashing the files, a run beside the bare command, a cycle and a finish with a full contract. */
export async function proof({ quick, say }: Options): Promise<Measurement[]> {
  const { files, large, rounds, criteria, checks } = SIZES[quick ? "quick" : "whole"];
  return inWorld(async (world) => {
    const client = await world.connect();
    const small = writeProject(world, "small", 20);
    const middle = writeProject(world, "middle", files);
    await git(small, "init", "-q");
    await git(middle, "init", "-q");
    const [task, plain, full] = ["proven", "plain", "full"];
    for (const name of [task, "run"]) await provenTask(client, name);
    await client.proof.verify({ task, root: middle });
    say(`${files} files are hashed`);
    const hashes = await hashFigures(world, client, { root: middle, rounds, files });
    say(`${large} files are hashed`);
    const big = writeProject(world, "large", large);
    await git(big, "init", "-q");
    const once = await hashOnce(client, { root: big, files: large });
    rmSync(big, { recursive: true });
    say("a check that does nothing");
    const overhead = await overheadFigure(client, { root: small, rounds });
    say(`a contract of ${criteria} criteria and ${checks} checks`);
    const cycle = await cycleFigure(world, client, { plain, full, criteria, checks, rounds });
    await fillCriteria(client, { task: "closing", count: 100, checks: 0 });
    await client.close();
    const served = await world.withServer([], async () => [
      await unchangedFigure(world, { task, root: middle, rounds, files }),
      await finishFigure(world, { task: "closing", rounds }),
    ]);
    return [...hashes, once, overhead, cycle, ...served];
  });
}

const git = (cwd: string, ...args: string[]) => run("git", args, { cwd });

function writeProject(world: BenchWorld, name: string, files: number): string {
  const root = join(world.root, name);
  for (let at = 0; at < files; at += 1) {
    const folder = join(root, `d${at % 100}`);
    if (at < 100) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${at}.txt`), `line ${at}\n`.repeat(20));
  }
  return root;
}

async function provenTask(client: Conveyor, name: string): Promise<void> {
  await client.tasks.create({ name, goal: "be measured" });
  await client.criteria.add({
    task: name,
    criterion: "it works",
    source: "user_requested",
    status: "accepted",
    check: ["true"],
  });
}

/** The first hash of a tree beside what git needs to take the same files into an index of its own. */
async function hashFigures(
  world: BenchWorld,
  client: Conveyor,
  { root, rounds, files }: { root: string; rounds: number; files: number },
) {
  const index = join(world.root, "index");
  const objects = join(world.root, "objects");
  const samples = await inTurns(rounds, {
    ours: () => {
      // Without what an earlier look remembers.
      rmSync(join(world.root, "state", "proof"), { recursive: true, force: true });
      return timed(() => client.proof.show({ task: "proven", root }));
    },
    git: async () => {
      rmSync(index, { force: true });
      rmSync(objects, { recursive: true, force: true });
      mkdirSync(objects);
      const env = { ...process.env, GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: objects };
      return timed(() => run("git", ["add", "-A"], { cwd: root, env }));
    },
  });
  return [
    {
      name: "proof/first-hash",
      what: `\`proof\` on a tree of ${files} files that nobody has looked at yet`,
      unit: "ms",
      value: rounded(median(samples["ours"] ?? [])),
      floor: {
        what: "`git add -A` into an empty index of its own, in turns",
        value: rounded(median(samples["git"] ?? [])),
      },
      details: { files },
      targets: [{ of: "ratio", at: "most", limit: 2 } as const],
    },
  ];
}

async function hashOnce(client: Conveyor, { root, files }: { root: string; files: number }): Promise<Measurement> {
  const before = await timed(() => client.proof.show({ task: "proven", root }));
  const again = await timed(() => client.proof.show({ task: "proven", root }));
  return {
    name: "proof/large-tree",
    what: `the state of ${files} files once, without what an earlier look remembers`,
    unit: "ms",
    value: rounded(before),
    floor: null,
    details: { files, again_ms: rounded(again) },
    targets: [],
  };
}

async function overheadFigure(
  client: Conveyor,
  { root, rounds }: { root: string; rounds: number },
): Promise<Measurement> {
  const samples = await inTurns(rounds, {
    check: () => timed(() => client.proof.verify({ task: "run", all: true, root })),
    bare: () => timed(() => run("true", [], { cwd: root })),
  });
  const bare = median(samples["bare"] ?? []);
  const overhead = median(samples["check"] ?? []) - bare;
  return {
    name: "proof/run-overhead",
    what: "a run of a check in a small project, above the bare command",
    unit: "ms",
    value: rounded(overhead),
    floor: null,
    details: { bare_ms: rounded(bare) },
    targets: [{ of: "value", at: "most", limit: 60 }],
  };
}

async function fillCriteria(
  client: Conveyor,
  { task, count, checks }: { task: string; count: number; checks: number },
) {
  await client.tasks.create({ name: task, goal: "be measured" }).catch(() => {});
  for (let at = 0; at < count; at += 1) {
    await client.criteria.add({
      task,
      criterion: `criterion ${at}`,
      source: "user_requested",
      status: checks > 0 || at % 2 === 0 ? "satisfied" : "deferred",
      ...(at < checks && { check: ["true"] }),
    });
  }
}

interface CyclePlan {
  plain: string;
  full: string;
  criteria: number;
  checks: number;
  rounds: number;
}

async function cycleFigure(world: BenchWorld, client: Conveyor, plan: CyclePlan): Promise<Measurement> {
  const [plain, full] = [
    await world.pair(client, { lines: 2_000, line_bytes: 500 }),
    await world.pair(client, { lines: 2_000, line_bytes: 500 }),
  ];
  await fillCriteria(client, { task: full.task, count: plan.criteria, checks: plan.checks });
  await client.contract.configure({
    task: full.task,
    objective: "x".repeat(1_000),
    guideline: Array(50).fill("a rule"),
  });
  for (const pair of [plain, full]) await client.observation.ingest({ session: pair.worker });
  const samples = await inTurns(plan.rounds * 2, {
    plain: () => timed(() => client.observation.cycle({ task: plain.task })),
    full: () => timed(() => client.observation.cycle({ task: full.task })),
  });
  return {
    name: "cycle/full-contract",
    what: `\`cycle\` with ${plan.criteria} criteria, ${plan.checks} checks and a full contract`,
    unit: "ms",
    value: rounded(median(samples["full"] ?? [])),
    floor: { what: "the same without, in turns", value: rounded(median(samples["plain"] ?? [])) },
    details: {},
    targets: [{ of: "ratio", at: "most", limit: 1.3 }],
  };
}

interface ProcessPlan {
  task: string;
  rounds: number;
}

/** Whole processes beside `node -e 0`, with a server. */
async function processes(world: BenchWorld, rounds: number, args: readonly string[]) {
  const whole = (argv: readonly string[]) => () =>
    timed(() => run(process.execPath, [...argv], { env: world.env, cwd: world.root }).catch(() => {}));
  const samples = await inTurns(rounds, { node: whole(["-e", "0"]), ours: whole([PROGRAM, ...args]) });
  return { node: rounded(median(samples["node"] ?? [])), ours: rounded(median(samples["ours"] ?? [])) };
}

async function unchangedFigure(
  world: BenchWorld,
  { task, root, rounds, files }: ProcessPlan & { root: string; files: number },
): Promise<Measurement> {
  const cheap = await processes(world, rounds, ["tasks", "--json"]);
  const { ours } = await processes(world, rounds, ["proof", task, "--root", root, "--json"]);
  return {
    name: "proof/unchanged",
    what: `\`conveyor proof\` on an unchanged tree of ${files} files, above the cheapest command, with a server`,
    unit: "ms",
    value: rounded(ours - cheap.ours),
    floor: null,
    details: { files, whole_ms: ours },
    targets: [{ of: "value", at: "most", limit: 150 }],
  };
}

async function finishFigure(world: BenchWorld, { task, rounds }: ProcessPlan): Promise<Measurement> {
  const { node, ours } = await processes(world, rounds, ["finish-task", task, "--check", "--json"]);
  return {
    name: "command/finish-check",
    what: "`conveyor finish-task --check` with 100 criteria, with a server",
    unit: "ms",
    value: ours,
    floor: { what: "`node -e 0`, in turns with it", value: node },
    details: {},
    targets: [{ of: "ratio", at: "most", limit: 2 }],
  };
}
