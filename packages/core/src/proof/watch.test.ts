import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Output, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCheck } from "../checks/add.ts";
import { add as addCriterion } from "../criteria/add.ts";
import type { LiveItem } from "../shared/live.ts";
import { createWorld, type World } from "../testing/world.ts";
import { verify } from "./verify.ts";
import { watch } from "./watch.ts";
import { startProofWatch } from "./watch-stale.ts";

let world: World;
let leave: AbortController;
beforeEach(async () => {
  world = createWorld();
  leave = new AbortController();
  execFileSync("git", ["init", "-q", "-b", "main"], { cwd: world.cwd });
  write("src/a.txt", "a");
  await world.pair({ task: "parser", worker: { name: "ada", cwd: world.cwd } });
  const call = { task: "parser", criterion: "it works", source: "user_requested", status: "accepted" };
  const { affected_criterion } = await addCriterion(world.ctx, operations.criteria.add.input.parse(call));
  const check = {
    task: "parser",
    criterion_id: affected_criterion.id,
    name: "tests",
    argv: ["grep", "a", "src/a.txt"],
  };
  await addCheck(world.ctx, operations.checks.add.input.parse(check));
});
afterEach(async () => {
  leave.abort();
  await world.close();
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(world.cwd, path)), { recursive: true });
  writeFileSync(join(world.cwd, path), text);
}

const follow = (after?: string) =>
  watch({ ...world.ctx, signal: leave.signal }, { task: "parser", settle_seconds: 0.1 }, after);
async function next(stream: AsyncGenerator<LiveItem<Output<"proof.watch">>>) {
  const { value } = await stream.next();
  return value as LiveItem<Output<"proof.watch">>;
}
const told = ({ data }: LiveItem<Output<"proof.watch">>) => [
  data.criteria[0]?.state,
  data.runs.map(({ state }) => state),
];

describe("verify --watch", () => {
  it("runs what became stale each time that the files have settled, and tells a reader that comes back nothing it knows", async () => {
    const stream = follow();
    expect(told(await next(stream))).toEqual(["verified", ["passed"]]);
    const second = next(stream);
    write("src/a.txt", "b");
    expect(told(await second)).toEqual(["failed", ["failed"]]);
    const third = next(stream);
    write("src/more/b.txt", "a");
    write("src/a.txt", "a again");
    const settled = await third;
    expect(told(settled)).toEqual(["verified", ["passed"]]);
    await stream.return(undefined);
    const again = follow(settled.id);
    const fourth = next(again);
    write("src/a.txt", "b, more");
    expect(told(await fourth)).toEqual(["failed", ["failed"]]);
    await again.return(undefined);
  });

  it("refuses a task that has ended", async () => {
    await world.store.write((tx) => tx.db.tasks.updateMany({ data: { state: "done" } }));
    await expect(next(follow())).rejects.toMatchObject({ code: "terminal_state" });
  });
});

describe("a server that watches", () => {
  const stale = () =>
    world.store.read((tx) =>
      tx.db.telemetry_events.findMany({ where: { event_type: "proof_became_stale" }, orderBy: { seq: "asc" } }),
    );
  async function untilStale(amount: number): Promise<number> {
    for (;;) {
      const since = world.store.changes.version;
      const seen = (await stale()).length;
      if (seen >= amount) return seen;
      await world.store.changes.wait(since, { timeout_ms: 1_000 });
    }
  }

  it("tells once that what was verified is stale, and again after it was verified anew", async () => {
    const all = operations.proof.verify.input.parse({ task: "parser" });
    await verify(world.ctx, all);
    const watching = startProofWatch({ ...world.ctx, signal: leave.signal }, { settle_ms: 50 });
    await watching.looked();
    write("src/a.txt", "a, edited");
    expect(await untilStale(1)).toBe(1);
    write("src/a.txt", "a, edited again");
    await verify(world.ctx, all);
    await watching.looked();
    write("src/a.txt", "a, once more");
    expect(await untilStale(2)).toBe(2);
    expect((await stale()).map(({ severity }) => severity)).toEqual(["warning", "warning"]);
    await watching.stop();
  });
});
