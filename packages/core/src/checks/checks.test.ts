import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { unwaive, waive } from "../criteria/waive.ts";
import type { Ctx } from "../ctx.ts";
import { show as showProof } from "../proof/show.ts";
import { verify } from "../proof/verify.ts";
import { createWorld, type World } from "../testing/world.ts";
import { accept } from "./accept.ts";
import { add } from "./add.ts";
import { edit } from "./edit.ts";
import { list } from "./list.ts";
import { remove } from "./remove.ts";
import { review } from "./review.ts";
import { runs } from "./runs.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";

let world: World;
let criterion_id: number;
let asWorker: Ctx;
let asManager: Ctx;
beforeEach(async () => {
  world = createWorld();
  git("init", "-q", "-b", "main");
  write("src/a.txt", "a");
  write("test.sh", "grep -q a src/a.txt");
  commit();
  await world.pair({
    task: "parser",
    worker: { name: "ada", cwd: world.cwd, codex_app_thread_id: "thread-worker" },
    manager: { name: "bob", codex_app_thread_id: "thread-manager" },
  });
  const as = (caller_thread_id: string): Ctx => ({
    ...world.ctx,
    settings: { ...world.ctx.settings, caller_thread_id },
  });
  asWorker = as("thread-worker");
  asManager = as("thread-manager");
  criterion_id = await criterion("the parser works");
});
afterEach(() => world.close());

const IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
const git = (...args: string[]) =>
  execFileSync("git", [...IDENTITY, ...args], { cwd: world.cwd, encoding: "utf8", stdio: "pipe" });
const commit = () => {
  git("add", "-A");
  git("commit", "-qm", "step");
};
function write(path: string, text: string): void {
  mkdirSync(dirname(join(world.cwd, path)), { recursive: true });
  writeFileSync(join(world.cwd, path), text);
}

async function criterion(text: string): Promise<number> {
  const call = { task: "parser", criterion: text, source: "user_requested", status: "accepted" } as const;
  return (await addCriterion(world.ctx, operations.criteria.add.input.parse(call))).affected_criterion.id;
}

type NewCheck = Partial<CallOf<typeof operations.checks.add>>;
const addCheck = async (call: NewCheck = {}, ctx: Ctx = world.ctx) =>
  (
    await add(
      ctx,
      operations.checks.add.input.parse({
        task: "parser",
        criterion_id,
        name: "tests",
        argv: ["sh", "test.sh"],
        ...call,
      }),
    )
  ).check;
const runAll = (call: Partial<CallOf<typeof operations.proof.verify>> = {}, ctx: Ctx = world.ctx) =>
  verify(ctx, operations.proof.verify.input.parse({ task: "parser", ...call }));
const state = async () => (await showProof(world.ctx, { task: "parser" })).criteria[0]?.state;

/** Says FAILED where neither the beginning nor the end of what it prints is. */
const HIDDEN = "yes ok | head -c 300000; echo FAILED; yes ok | head -c 300000";

describe("verify", () => {
  it("runs a check on the files as they are, and an edit turns its pass stale", async () => {
    const { id } = await addCheck();
    expect(await state()).toBe("unproven");
    const { runs: ran, ok, criteria } = await runAll();
    expect(ran).toMatchObject([{ check_id: id, state: "passed", exit_code: 0, trigger: "verify", actor: "operator" }]);
    expect([ok, criteria[0]?.state, criteria[0]?.next]).toEqual([true, "verified", null]);
    expect(ran[0]?.subject).toMatchObject({
      tree: git("rev-parse", "HEAD^{tree}").trim(),
      dirty: false,
      root: world.cwd,
    });
    write("src/a.txt", "a changed");
    const stale = await showProof(world.ctx, { task: "parser" });
    expect(stale.criteria[0]).toMatchObject({
      state: "stale",
      next: expect.stringContaining("verify 'parser' --criterion"),
    });
    write("src/a.txt", "a");
    expect(await state()).toBe("verified");
    expect((await runAll()).runs).toEqual([]);
    expect((await runAll({ all: true })).runs).toHaveLength(1);
  });

  it("tells a failure, a time-out, what cannot be started and what changes its own files apart, and passes none", async () => {
    for (const [name, call, expected] of [
      ["fails", { argv: ["sh", "-c", "echo no; exit 3"] }, ["failed", "exit code 3 instead of 0"]],
      ["hangs", { argv: ["sleep", "60"], timeout_seconds: 1 }, ["timed_out", "the time limit was over"]],
      ["missing", { argv: ["no-such-program-here"] }, ["error", expect.stringContaining("not installed")]],
      ["edits", { argv: ["sh", "-c", "echo x >> src/a.txt"] }, ["error", expect.stringContaining("subject_moved")]],
      ["out", { argv: ["echo", "3 skipped"], reject_stdout: "[1-9]\\d* skipped" }, ["failed", expect.any(String)]],
      [
        "much",
        { argv: ["sh", "-c", HIDDEN], reject_stdout: "FAILED" },
        ["failed", expect.stringContaining("more than")],
      ],
      ["empty", { argv: ["true"], expect_stdout: "ok" }, ["failed", expect.any(String)]],
    ] as const) {
      const { id } = await addCheck({ ...call, name, argv: [...call.argv] });
      const { runs: ran, ok } = await runAll();
      expect([ran[0]?.state, ran[0]?.reason]).toEqual(expected);
      expect(ok).toBe(false);
      await remove(world.ctx, { check: id, reason: "tried" });
    }
  });

  it("covers what it says, and only that", async () => {
    await addCheck({ covers: ["src"] });
    await runAll();
    write("README", "new");
    expect(await state()).toBe("verified");
    write("src/new", "new");
    expect(await state()).toBe("stale");
  });

  it("wants every repetition to pass", async () => {
    await addCheck({
      argv: [
        "sh",
        "-c",
        "test ! -e out/second; mkdir -p out; ls out > /dev/null; test -e out/first && exit 1; touch out/first",
      ],
      repeat: 3,
    });
    write(".gitignore", "out\n");
    const { runs: ran } = await runAll();
    expect(ran[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("in run 2 of 3") });
  });

  it("keeps the end of what was printed, without secrets, for who asks", async () => {
    write("printed", "token=ghp_abcdefghijklmnopqrstuvwxyz0123456789\n");
    const { id } = await addCheck({ argv: ["sh", "-c", "cat printed; exit 1"] });
    await runAll();
    const { newest_run } = await show(world.ctx, { check: id, include_content: true });
    expect(newest_run?.output_tail).toContain("[masked]");
    expect(newest_run?.output_bytes).toBe(47);
  });

  it("gives no secrets and nothing of the ledger to the check", async () => {
    process.env["CONVEYOR_TEST_SECRET"] = "hush";
    const { id } = await addCheck({ argv: ["sh", "-c", `env; cat ${world.ctx.settings.ledger_path}; exit 1`] });
    await runAll();
    delete process.env["CONVEYOR_TEST_SECRET"];
    const { newest_run } = await show(world.ctx, { check: id, include_content: true });
    expect(newest_run?.output_tail).not.toContain("hush");
    if (newest_run?.sandbox === "bubblewrap") expect(newest_run.output_tail).not.toContain("SQLite format");
    else expect(newest_run?.sandbox_problem).toEqual(expect.any(String));
  });

  it("says who died when a run was left open, and refuses a second one at once", async () => {
    const { id } = await addCheck();
    const asIfRunning = (owner_pid: number, owner_started_at: string | null) =>
      world.store.write(async (tx) => {
        await tx.db.check_runs.create({
          data: {
            seq: tx.seq(),
            check_id: id,
            check_revision: 1,
            definition_json: "{}",
            subject_json: '{"tree":"t","covers_hash":"c"}',
            covers_hash: "c",
            trigger: "verify",
            state: "running",
            started_at: tx.now,
            runner_json: "{}",
            owner_pid,
            owner_started_at,
            actor: "operator",
          },
        });
      });
    await asIfRunning(process.pid, "1");
    expect(await state()).toBe("running");
    expect((await runAll()).ok).toBe(true);
    const all = await runs(world.ctx, { task: "parser", limit: 0, include_content: false });
    expect(all.runs.map(({ state: one, reason }) => [one, reason])).toEqual([
      ["passed", null],
      ["error", expect.stringContaining("runner_died")],
    ]);
    await asIfRunning(process.pid, null);
    await expect(runAll({ all: true })).rejects.toMatchObject({ code: "conflict" });
  });

  it("looks at files and at the repository", async () => {
    await addCheck({ name: "file", kind: "file", argv: [], spec: { path: "src/a.txt", contains: "a", min_bytes: 1 } });
    await addCheck({
      name: "repo",
      kind: "repo",
      argv: [],
      spec: { clean: true, branch: "main", merged_into: "main" },
    });
    expect((await runAll()).ok).toBe(true);
    write("src/a.txt", "b");
    const { runs: ran } = await runAll();
    expect(ran.map(({ reason }) => reason)).toEqual([
      "src/a.txt does not contain the text",
      "files differ from the commit",
    ]);
  });

  it("keeps runs as they were", async () => {
    await addCheck();
    await runAll();
    const change = world.store.write((tx) => tx.db.check_runs.updateMany({ data: { state: "failed" } }));
    await expect(change).rejects.toThrow();
    await expect(world.store.write((tx) => tx.db.check_runs.deleteMany())).rejects.toThrow();
    expect((await runs(world.ctx, { task: "parser", limit: 0, include_content: false })).runs).toMatchObject([
      { state: "passed" },
    ]);
  });
});

describe("an isolated check", () => {
  it("sees neither ignored files nor what is not committed", async () => {
    write(".gitignore", "secret\n");
    write("secret", "x");
    commit();
    const { id } = await addCheck({ argv: ["sh", "-c", "test -e src/a.txt && test ! -e secret"], isolated: true });
    const clean = await runAll();
    expect(clean.runs[0]).toMatchObject({ state: "passed", isolated: true });
    expect(clean.criteria[0]?.isolated).toBe(true);
    write("src/a.txt", "not committed");
    expect((await runAll()).runs[0]).toMatchObject({
      state: "error",
      reason: expect.stringContaining("subject_dirty"),
    });
    expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
    expect((await show(world.ctx, { check: id, include_content: false })).newest_run?.state).toBe("error");
  });
});

describe("guards", () => {
  it("make a pass doubtful when a test was changed, until somebody has looked", async () => {
    await addCheck({ guards: ["test.sh"], covers: ["src"] });
    await runAll();
    expect(await state()).toBe("verified");
    write("test.sh", "true");
    const doubtful = await showProof(world.ctx, { task: "parser" });
    expect(doubtful.criteria[0]).toMatchObject({ state: "doubtful", next: expect.stringContaining("checks review") });
    expect((await runAll()).ok).toBe(false);
    await review(world.ctx, { criterion_id, verdict: "reject", note: "weaker" });
    expect(await state()).toBe("doubtful");
    await review(asManager, { criterion_id, verdict: "fine", note: "only renamed" });
    expect(await state()).toBe("verified");
    rmSync(join(world.cwd, "test.sh"));
    expect(await state()).toBe("doubtful");
  });

  it("make a changed definition doubtful until it has passed", async () => {
    const { id } = await addCheck();
    await runAll();
    const { check, changed } = await edit(world.ctx, { check: id, argv: ["true"] });
    expect([changed, check.revision]).toEqual([true, 2]);
    expect(await state()).toBe("doubtful");
    expect((await edit(world.ctx, { check: id, argv: ["true"] })).changed).toBe(false);
    expect((await runAll()).criteria[0]?.state).toBe("verified");
  });
});

describe("whoever does the work", () => {
  it("may propose and run, and neither accept, change, take away, review nor waive", async () => {
    const mine = await addCheck({ name: "mine" }, asWorker);
    expect(mine).toMatchObject({ created_by: "worker", accepted_by: null });
    expect((await runAll({}, asWorker)).runs).toEqual([]);
    await edit(asWorker, { check: mine.id, argv: ["true"] });
    const accepted = await addCheck({}, asManager);
    expect(accepted.accepted_by).toBe("manager");
    const denied = { code: "permission_denied" };
    await expect(accept(asWorker, { check: mine.id })).rejects.toMatchObject(denied);
    await expect(edit(asWorker, { check: accepted.id, argv: ["true"] })).rejects.toMatchObject(denied);
    await expect(remove(asWorker, { check: accepted.id, reason: "x" })).rejects.toMatchObject(denied);
    await expect(review(asWorker, { criterion_id, verdict: "fine", note: "x" })).rejects.toMatchObject(denied);
    await expect(waive(asWorker, { task: "parser", criterion_id, rationale: "x" })).rejects.toMatchObject(denied);
    await expect(unwaive(asWorker, { task: "parser", criterion_id })).rejects.toMatchObject(denied);
    expect((await runAll({}, asWorker)).runs).toMatchObject([{ check_id: accepted.id, actor: "worker" }]);
    expect((await accept(asManager, { check: mine.id })).check.accepted_by).toBe("manager");
    await remove(asManager, { check: accepted.id, reason: "x" });
    expect((await list(world.ctx, { task: "parser" })).checks.map(({ name }) => name)).toEqual(["mine"]);
  });

  it("is every agent that is not the manager of this task", async () => {
    const stranger: Ctx = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "nobody-knows" } };
    expect((await addCheck({}, stranger)).created_by).toBe("worker");
  });
});

describe("waivers", () => {
  it("let a criterion pass while they stand", async () => {
    const { waiver } = await waive(world.ctx, { task: "parser", criterion_id, rationale: "looked at" });
    expect(waiver).toMatchObject({ by: "operator", revoked_at: null });
    expect(await state()).toBe("waived");
    await unwaive(world.ctx, { task: "parser", criterion_id });
    expect(await state()).toBe("unproven");
    expect((await unwaive(world.ctx, { task: "parser", criterion_id })).waiver).toBeNull();
  });
});

describe("checks add", () => {
  it.each([
    ["no command", { argv: [] }, "argv"],
    ["a folder above the project", { cwd: "../x" }, "cwd"],
    ["an expression that is none", { expect_stdout: "(" }, "expect_stdout"],
    ["a secret in a variable", { env: ["TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789"] }, "secret"],
    ["a variable without value", { env: ["TOKEN"] }, "NAME=VALUE"],
    ["a flag that is none", { argv: ["--timout", "5", "true"] }, "--timout"],
    ["a field that is none", { spec: { argv: ["true"], shell: true } }, "shell"],
    ["a field of the wrong type", { kind: "file" as const, argv: [], spec: { path: 1 } }, "path"],
    ["a file above the project", { kind: "file" as const, argv: [], spec: { path: "/etc/passwd" } }, "path"],
    ["facts that cannot be wrong", { kind: "repo" as const, argv: [], spec: {} }, "no fact"],
  ])("refuses %s", async (_what, call, named) => {
    await expect(addCheck(call)).rejects.toMatchObject({ message: expect.stringContaining(named) });
    expect((await list(world.ctx, { task: "parser" })).checks).toEqual([]);
  });

  it("refuses a name that is taken and a criterion of another task", async () => {
    await addCheck();
    await expect(addCheck()).rejects.toMatchObject({ code: "conflict" });
    await world.task({ name: "other" });
    await expect(addCheck({ task: "other" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("checks suggest", () => {
  it("proposes what the project says of itself", async () => {
    write("package.json", JSON.stringify({ scripts: { test: "x", lint: "y", other: "z" } }));
    write("Makefile", "test: x\ncheck := 1\n");
    write("go.mod", "module x\n");
    write(".github/workflows/ci.yml", "x");
    chmodSync(join(world.cwd, "package.json"), 0o644);
    const { suggestions } = await suggest(world.ctx, { task: "parser" });
    expect(suggestions.map(({ argv }) => argv.join(" "))).toEqual([
      "npm run test",
      "npm run lint",
      "make test",
      "go test ./...",
      "go vet ./...",
    ]);
    expect(suggestions[0]?.guards).toContain(".github/workflows/**");
    expect(suggestions[0]?.command).toMatch(/checks add 'parser' --criterion <criterion> .* -- npm run test$/);
    expect((await list(world.ctx, { task: "parser" })).checks).toEqual([]);
  });

  it("is not confused by files that make no sense", async () => {
    write("package.json", "{{{");
    write("pyproject.toml", "\0");
    expect((await suggest(world.ctx, { task: "parser" })).suggestions).toEqual([]);
  });
});
