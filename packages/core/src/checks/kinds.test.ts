import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import type { Ctx } from "../ctx.ts";
import { show as showProof } from "../proof/show.ts";
import { verify } from "../proof/verify.ts";
import { finish } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { add } from "./add.ts";
import { answer } from "./answer.ts";
import { artifactVerdict } from "./artifact.ts";
import { cancel } from "./cancel.ts";
import { type ArtifactSpec, checkSpec } from "./definition.ts";
import { edit } from "./edit.ts";
import { remove } from "./remove.ts";
import { runs } from "./runs.ts";

let world: World;
let asManager: Ctx;
beforeAll(async () => {
  world = createWorld();
  git("init", "-q", "-b", "main");
  write(".gitignore", "out\n");
  write("src/a.txt", "a");
  commit();
  git("branch", "start");
  await world.pair({
    task: "parser",
    worker: { name: "ada", cwd: world.cwd, codex_app_thread_id: "thread-worker" },
    manager: { name: "bob", codex_app_thread_id: "thread-manager" },
  });
  asManager = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "thread-manager" } };
});
afterAll(() => world.close());

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
    cwd: world.cwd,
    encoding: "utf8",
    stdio: "pipe",
  });
const commit = () => {
  git("add", "-A");
  git("commit", "-qm", "step");
};
function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(world.cwd, path)), { recursive: true });
  writeFileSync(join(world.cwd, path), text);
}

let count = 0;
async function criterion(call: Partial<CallOf<typeof operations.criteria.add>> = {}) {
  count += 1;
  const input = { task: "parser", criterion: `truth ${count}`, source: "user_requested", status: "accepted", ...call };
  return addCriterion(world.ctx, operations.criteria.add.input.parse(input));
}
type NewCheck = Partial<CallOf<typeof operations.checks.add>>;
async function addCheck(criterion_id: number, call: NewCheck) {
  const input = operations.checks.add.input.parse({ task: "parser", criterion_id, name: "check", ...call });
  return (await add(world.ctx, input)).check;
}
/** What becomes of one check on the files as they are; it is taken away again. */
async function outcome(call: NewCheck) {
  const { affected_criterion } = await criterion();
  const { id } = await addCheck(affected_criterion.id, call);
  const { runs: ran } = await verifyAll(affected_criterion.id);
  await remove(world.ctx, { check: id, reason: "tried" });
  return ran[0];
}
const verifyAll = (criterion_id: number, ctx: Ctx = world.ctx) =>
  verify(ctx, operations.proof.verify.input.parse({ task: "parser", criterion_id: [criterion_id], all: true }));

const JUNIT = (cases: string, attributes = "") =>
  `<testsuites><testsuite ${attributes}>${cases}</testsuite></testsuites>`;
const PASSES = '<testcase name="parses"/><testcase name="prints"/>';
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const artifact = (type: string, rule: object): NewCheck => ({
  kind: "artifact",
  spec: { path: "out/report", type, rule },
});

describe("a check of an artifact", () => {
  it.each([
    ["junit", { min_tests: 2, must_contain: ["parses"] }, JUNIT(PASSES), null],
    ["junit", { min_tests: 3 }, JUNIT(PASSES), "2 tests ran, not 3"],
    ["junit", { must_contain: ["other"] }, JUNIT(PASSES), "tests are missing: other"],
    ["junit", {}, JUNIT('<testcase name="a"><failure/></testcase>'), "1 of 1 tests failed"],
    ["junit", {}, JUNIT(PASSES, 'failures="1"'), "tests failed"],
    ["junit", {}, JUNIT('<testcase name="a"><skipped/></testcase>'), "0 tests ran, not 1"],
    ["junit", {}, "<html></html>", "no junit that can be read"],
    ["junit", {}, "<testsuites>", "no junit that can be read"],
    ["coverage", { min: 0.5 }, "SF:a\nLF:4\nLH:2\nend_of_record\nSF:b\nLF:4\nLH:3\nend_of_record\n", null],
    ["coverage", { min: 0.7 }, "LF:4\nLH:2\n", "50.00 % of the lines"],
    ["coverage", { min: 0.5 }, '<coverage line-rate="0.9" lines-valid="10" lines-covered="9"></coverage>', null],
    ["coverage", { min: 0.5 }, '<coverage line-rate="nan"></coverage>', "no coverage that can be read"],
    ["coverage", { min: 0 }, "LF:0\nLH:0\n", "no coverage that can be read"],
    ["json", { pointer: "/a~1b/0", equals: { y: 1, x: 2 } }, '{"a/b":[{"x":2,"y":1}]}', null],
    ["json", { pointer: "/missing", equals: null }, "{}", "it has no /missing"],
    ["json", { pointer: "/toString", equals: null }, "{}", "it has no /toString"],
    ["json", { pointer: "/ok", equals: true }, '{"ok":"true"}', "/ok is another value"],
    ["json", { pointer: "", equals: 1 }, "1 1", "no json that can be read"],
    ["image", { min_width: 1, min_height: 1, format: "png" }, PNG, null],
    ["image", { min_width: 2 }, PNG, "1 pixels wide, not 2"],
    ["image", { format: "jpg" }, PNG, "it is png, not jpg"],
    ["image", {}, "no picture", "no image that can be read"],
  ])("%s, %j", async (type, rule, text, problem) => {
    write("out/report", text);
    const spec = checkSpec("artifact", { path: "out/report", type, rule }) as ArtifactSpec;
    const { verdict, artifact: seen } = await artifactVerdict(world.cwd, spec, null);
    expect(verdict).toEqual(
      problem === null
        ? { state: "passed", reason: null }
        : { state: "failed", reason: expect.stringContaining(problem) },
    );
    expect(seen).toMatchObject({ path: "out/report", bytes: Buffer.byteLength(text) });
  });

  it("does not take one that the command before it has not written", async () => {
    const { affected_criterion } = await criterion();
    await addCheck(affected_criterion.id, {
      argv: ["sh", "-c", "test ! -e out/now || echo 1 > out/report"],
      name: "make",
    });
    await addCheck(affected_criterion.id, artifact("json", { pointer: "", equals: 1 }));
    write("out/report", "1");
    utimesSync(join(world.cwd, "out/report"), 1, 1);
    rmSync(join(world.cwd, "out/now"), { force: true });
    const before = await verifyAll(affected_criterion.id);
    expect(before.runs.map(({ reason }) => reason)).toEqual([null, expect.stringContaining("left by an earlier run")]);
    write("out/now", "");
    const after = await verifyAll(affected_criterion.id);
    expect(after.runs.map(({ state }) => state)).toEqual(["passed", "passed"]);
  });
});

describe("a check of the difference", () => {
  it("looks at what was changed since a commit, committed or not", async () => {
    const rule = (spec: object): NewCheck => ({ kind: "diff", spec: { base: "start", ...spec } });
    expect((await outcome(rule({ max_files: 0 })))?.state).toBe("passed");
    write("src/new.txt", "x");
    commit();
    write("lock", "y");
    expect((await outcome(rule({ deny: ["lock"] })))?.reason).toBe("changed, and must not be: lock");
    expect((await outcome(rule({ allow: ["src/**"] })))?.reason).toBe("changed outside of what may be: lock");
    expect((await outcome(rule({ max_files: 1 })))?.reason).toBe("2 files were changed, not at most 1");
    expect((await outcome(rule({ allow: ["src/**", "lock"], deny: ["prisma/**"], max_files: 2 })))?.state).toBe(
      "passed",
    );
    // By default against what is checked out when it is added.
    expect((await outcome({ kind: "diff", spec: { allow: ["lock"] } }))?.state).toBe("passed");
    await expect(outcome({ kind: "diff", spec: { base: "nowhere", max_files: 1 } })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("a check of a person", () => {
  it("is answered by an operator alone, for the files as they are, and never run", async () => {
    const { affected_criterion } = await criterion();
    const check = await addCheck(affected_criterion.id, { kind: "human", spec: { question: "is it nice?" } });
    const say = (verdict: "yes" | "no", ctx: Ctx = world.ctx) =>
      answer(ctx, { check: check.id, verdict, note: "I looked" });
    expect((await verifyAll(affected_criterion.id)).runs).toEqual([]);
    const proof = async () =>
      (await showProof(world.ctx, { task: "parser" })).criteria.find(
        ({ criterion_id }) => criterion_id === affected_criterion.id,
      );
    expect(await proof()).toMatchObject({ state: "unproven", next: expect.stringContaining("checks answer") });
    await expect(say("yes", asManager)).rejects.toMatchObject({ code: "permission_denied" });
    await say("no");
    expect((await proof())?.state).toBe("failed");
    expect((await say("yes")).run).toMatchObject({ state: "passed", trigger: "operator", note: "I looked" });
    expect((await proof())?.state).toBe("verified");
    write("src/a.txt", `more ${count}`);
    expect(await proof()).toMatchObject({ state: "stale", next: expect.stringContaining("checks answer") });
  });
});

describe("criteria --add --check", () => {
  it("adds checks with the criterion, once, and refuses what needs a shell whole", async () => {
    const call = { criterion: "the tests pass", check: ["true", "sh -c 'exit 0'"] };
    const first = await criterion(call);
    expect(first.checks?.map(({ name, accepted_by }) => [name, accepted_by])).toEqual([
      ["true", "operator"],
      ["sh -c 'exit 0'", "operator"],
    ]);
    expect(await criterion(call)).toMatchObject({ created: false, checks: [] });
    const { ok: _ok, runs: ran } = await verifyAll(first.affected_criterion.id);
    expect(ran.map(({ state }) => state)).toEqual(["passed", "passed"]);
    await expect(criterion({ criterion: "no trace", check: ["a && b"] })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(await world.store.read((tx) => tx.db.acceptance_criteria.count({ where: { criterion: "no trace" } }))).toBe(
      0,
    );
  });
});

describe("a finish while a check runs", () => {
  it("is refused, changes nothing, and the check goes on", async () => {
    const { affected_criterion } = await criterion({ criterion: "slow" });
    await addCheck(affected_criterion.id, { argv: ["sh", "-c", "touch out/slow; exec sleep 60"] });
    const leave = new AbortController();
    const verifying = verifyAll(affected_criterion.id, { ...world.ctx, signal: leave.signal }).catch((error) => error);
    const open = () => world.store.read((tx) => tx.db.check_runs.findFirst({ where: { state: "running" } }));
    while ((await open()) === null) {
      await world.store.changes.wait(world.store.changes.version, { timeout_ms: 200, signal: leave.signal });
    }
    const input = operations.tasks.finish.input.parse({ task: "parser", no_run: true });
    await expect(finish(world.ctx, input)).rejects.toMatchObject({ code: "gate_failed" });
    expect((await open())?.state).toBe("running");
    expect((await world.store.read((tx) => tx.db.tasks.findFirstOrThrow())).state).toBe("managed");
    leave.abort();
    await verifying;
    expect(await open()).toBeNull();
  });
});

describe("checks cancel", () => {
  it("ends a run that another call began, which then proves nothing", async () => {
    const { affected_criterion } = await criterion();
    await addCheck(affected_criterion.id, { argv: ["sh", "-c", "touch out/began; exec sleep 60"] });
    const verifying = verifyAll(affected_criterion.id);
    const begun = async () => {
      const open = await world.store.read((tx) => tx.db.check_runs.findFirst({ where: { state: "running" } }));
      if (open !== null) return open.id;
      await world.store.changes.wait(world.store.changes.version, { timeout_ms: 1_000, signal: world.ctx.signal });
      return begun();
    };
    const run = await begun();
    const { run: ended } = await cancel(world.ctx, { run, wait_seconds: 30 });
    expect(ended).toMatchObject({ state: "cancelled", reason: "it was cancelled" });
    expect((await verifying).runs).toMatchObject([{ id: run, state: "cancelled" }]);
    await expect(cancel(world.ctx, { run, wait_seconds: 0 })).rejects.toMatchObject({ code: "conflict" });
    await expect(cancel(world.ctx, { run: 9_999, wait_seconds: 0 })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an isolated check with a set-up", () => {
  it("prepares the copy first, and does not pass when that fails", async () => {
    git("checkout", "-q", "--", ".");
    rmSync(join(world.cwd, "lock"), { force: true });
    const call: NewCheck = { isolated: true, argv: ["test", "-e", "out/made"] };
    expect((await outcome({ ...call, setup: ["mkdir", "-p", "out/made"] }))?.state).toBe("passed");
    expect(await outcome({ ...call, setup: ["sh", "-c", "exit 3"] })).toMatchObject({
      state: "error",
      reason: "the set-up of the copy: exit code 3 instead of 0",
    });
    await expect(outcome({ kind: "file", spec: { path: "x" }, isolated: true })).rejects.toMatchObject({
      code: "usage",
    });
  });
});

describe("checks that run at once", () => {
  it("each have their own result, in the order of the checks", async () => {
    const { affected_criterion } = await criterion();
    for (const name of ["one", "two", "three"]) {
      await addCheck(affected_criterion.id, { name, argv: ["sh", "-c", `exit ${name === "two" ? 1 : 0}`] });
    }
    const call = { task: "parser", criterion_id: [affected_criterion.id], parallel: 3 };
    const { runs: ran } = await verify(world.ctx, operations.proof.verify.input.parse(call));
    expect(ran.map(({ state }) => state)).toEqual(["passed", "failed", "passed"]);
    const all = await runs(world.ctx, {
      task: "parser",
      criterion_id: affected_criterion.id,
      limit: 0,
      include_content: false,
    });
    expect(all.runs).toHaveLength(3);
  });
});

describe("checks edit", () => {
  it("keeps the commit that a difference is taken from", async () => {
    const { affected_criterion } = await criterion();
    const check = await addCheck(affected_criterion.id, { kind: "diff", spec: { base: "start", max_files: 1 } });
    expect(check.spec["base"]).toBe(git("rev-parse", "start").trim());
    expect((await edit(world.ctx, operations.checks.edit.input.parse({ check: check.id }))).changed).toBe(false);
  });
});
