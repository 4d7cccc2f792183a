import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Store } from "../../packages/store/src/index.ts";
import { Disk, FATES, type Fate, type Image, type Random } from "../support/power-cut/disk.ts";
import { type Trace, traced, tracingProblem } from "../support/power-cut/trace.ts";
import { told } from "../support/world/process.ts";
import { REPOSITORY, type World, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;
const SEED = 20_261_129;
/** Tasks that each of two processes creates while the other does, and after how many it copies the log into the ledger. */
const TASKS = 12;
const TASKS_PER_CHECKPOINT = 5;
/** How many moments the power is cut at, of each kind. */
const CUTS = { after_answers: 8, around_syncs: 10, anywhere: 6 };

const WRITER = fileURLToPath(new URL("../support/power-cut/writer.ts", import.meta.url));
const SCRIPT = `
$CLI tasks --create first --goal "outlive a power cut" --json > "$ANSWERS/first" || exit 1
$WRITER a ${TASKS} ${TASKS_PER_CHECKPOINT} > "$ANSWERS/a" & a=$!
$WRITER b ${TASKS} ${TASKS_PER_CHECKPOINT} > "$ANSWERS/b" & b=$!
wait $a && wait $b
`;

const scratch = mkdtempSync(join(tmpdir(), "conveyor-power-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What one ledger holds, as far as two ledgers can be compared. */
interface Content {
  sequence: number;
  tasks: { seq: number; name: string }[];
  events: { seq: number; type: string; task: string }[];
  telemetry: { seq: number; event_type: string; task: string }[];
}

interface Run extends Trace {
  state_root: string;
  /** What the ledger holds with nothing lost. */
  whole: Content;
}

interface Cut {
  /** After how many events of the disk. */
  events: number;
  /** The names of the tasks whose creation had been answered. */
  answered: string[];
}

describe("a power cut", () => {
  it("takes nothing that was answered when the ledger is durable", { timeout: LIMIT_MS }, async () => {
    const losses = await cutEverywhere("1");
    expect(losses.flatMap(({ lost, ...where }) => (lost.length === 0 ? [] : [{ ...where, lost }]))).toEqual([]);
  });

  it("takes the newest answers at most when it is not, and does take some", { timeout: LIMIT_MS }, async () => {
    const losses = await cutEverywhere("0");
    // That a cut can be felt at all is what makes the other test mean something.
    if (losses.length > 0) expect(losses.filter(({ lost }) => lost.length > 0).length).toBeGreaterThan(0);
  });
});

/** Write, cut the power at many moments, and see each time that the ledger is sound and only lacks its end. */
async function cutEverywhere(durable: "0" | "1") {
  const run = await written(durable);
  if (run === undefined) return [];
  const random = randomFrom(SEED);
  const disk = new Disk();
  const losses: { events: number; fate: Fate; lost: string[] }[] = [];
  let applied = 0;
  for (const { events, answered } of cutsOf(run, random)) {
    for (; applied < events; applied += 1) disk.apply(run.events[applied] as Run["events"][number]);
    for (const fate of FATES) {
      const left = await contentOf(disk.image(run.state_root, fate, random), random);
      const { sequence } = left;
      expect({ cut: [events, fate], ...left }).toEqual({ cut: [events, fate], ...until(run.whole, sequence) });
      const names = left.tasks.map(({ name }) => name);
      losses.push({ events, fate, lost: answered.filter((name) => !names.includes(name)) });
    }
  }
  return losses;
}

/** What was written and answered; undefined, and a warning, where programs cannot be traced. */
async function written(durable: "0" | "1"): Promise<Run | undefined> {
  let run: Run | undefined;
  await withWorld({ env: { CONVEYOR_DURABLE: durable } }, async (world) => {
    const problem = await tracingProblem({ cwd: world.project, env: world.env });
    if (problem !== undefined) {
      console.warn(`NO POWER CUT IS TESTED HERE: strace does not run (${problem})`);
      return;
    }
    run = await writtenIn(world);
  });
  return run;
}

async function writtenIn(world: World): Promise<Run> {
  const { state_root } = world;
  const answers = join(world.root, "answers");
  mkdirSync(answers);
  const env = {
    ...world.env,
    ANSWERS: answers,
    CLI: `${process.execPath} ${join(REPOSITORY, "bin/conveyor")}`,
    WRITER: `${process.execPath} --import ${import.meta.resolve("tsx")} ${WRITER}`,
  };
  const trace = join(world.root, "trace");
  const options = { trace, state_root, answers, cwd: world.project, env, limit_ms: LIMIT_MS };
  const { ran, events, printed } = await traced(["sh", "-c", SCRIPT], options);
  expect(ran.code, told(ran)).toBe(0);
  const whole = await read(world.ledger);
  const names = ["first", ...["a", "b"].flatMap((who) => Array.from({ length: TASKS }, (_, n) => `${who}-${n + 1}`))];
  expect(whole.tasks.map(({ name }) => name).sort()).toEqual(names.sort());
  expect(namesIn(printed.map(({ text }) => text)).sort()).toEqual(names);
  return { state_root, events, printed, whole };
}

function namesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(/"name": ?"([^"]+)"/g)].map(([, name = ""]) => name));
}

/** Moments right after answers, before and after the disk was waited for, and others, in their order. */
function cutsOf({ events, printed }: Run, random: Random): Cut[] {
  const eventsBefore = (ended: number) => events.filter((event) => event.ended < ended).length;
  const syncs = events.flatMap(({ kind }, index) => (kind === "sync" ? [index, index + 1] : []));
  const moments = [
    0,
    events.length,
    ...some(printed, CUTS.after_answers, random).map(({ ended }) => eventsBefore(ended)),
    ...some(syncs, CUTS.around_syncs, random),
    ...Array.from({ length: CUTS.anywhere }, () => Math.floor(random() * events.length)),
  ];
  return [...new Set(moments)]
    .sort((left, right) => left - right)
    .map((count) => {
      // As late as this moment lasts: everything was said that was said before the disk got anything more.
      const next = events[count]?.ended ?? Number.POSITIVE_INFINITY;
      return { events: count, answered: namesIn(printed.filter(({ ended }) => ended < next).map(({ text }) => text)) };
    });
}

/** As many of a list, spread over it. */
function some<T>(list: readonly T[], count: number, random: Random): T[] {
  const step = list.length / count;
  const picked = Array.from({ length: count }, (_, index) => list[Math.floor((index + random()) * step)]);
  return picked.filter((item) => item !== undefined);
}

/** Put the files of a cut on a disk, open them as the next command does, and tell what is there. */
async function contentOf(image: Image, random: Random): Promise<Content> {
  const folder = mkdtempSync(join(scratch, "cut-"));
  const path = join(folder, "state", "workerctl.db");
  if (image.size > 0) {
    mkdirSync(join(folder, "state"), { mode: 0o700 });
    for (const [name, bytes] of image) writeFileSync(join(folder, "state", name), bytes, { mode: 0o600 });
    // Of the log's index anything may be left.
    const index = Buffer.from(Array.from({ length: 256 }, () => Math.floor(random() * 256)));
    if (random() < 0.5) writeFileSync(`${path}-shm`, Buffer.alloc(32_768, index), { mode: 0o600 });
  }
  try {
    return await read(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function read(path: string): Promise<Content> {
  const store = Store.open({ path, create: true, clock: { iso: () => "2026-11-29T12:00:00.000Z" } });
  try {
    return await store.peek((tx) => {
      expect(tx.sql.search("PRAGMA integrity_check").pluck().all()).toEqual(["ok"]);
      expect(tx.sql.search("PRAGMA foreign_key_check").all()).toEqual([]);
      const rows = <T>(sql: string) => tx.sql.search(sql).all() as T[];
      const named = "LEFT JOIN tasks ON tasks.id = task_id";
      return {
        sequence: Number(tx.sql.search("SELECT value FROM ledger_sequence WHERE id = 1").pluck().get()),
        tasks: rows("SELECT seq, name FROM tasks ORDER BY seq"),
        events: rows(`SELECT events.seq, type, name AS task FROM events ${named} ORDER BY events.seq`),
        telemetry: rows(`SELECT t.seq, event_type, name AS task FROM telemetry_events t ${named} ORDER BY t.seq`),
      };
    });
  } finally {
    await store.close();
  }
}

/** What the ledger held when its sequence stood there. */
function until(whole: Content, sequence: number): Content {
  const early = <T extends { seq: number }>(rows: T[]) => rows.filter(({ seq }) => seq <= sequence);
  const { tasks, events, telemetry } = whole;
  return { sequence, tasks: early(tasks), events: early(events), telemetry: early(telemetry) };
}

/** Mulberry32: a small generator whose numbers depend on the seed alone. */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
