import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Conveyor, connect } from "@conveyor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { World } from "../support/world/world.ts";

let world: World;
let operator: Conveyor;
beforeAll(async () => {
  world = await World.start();
  operator = await world.connect();
});
afterAll(() => world.close());

const IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
const CODE = "src/add.sh";
const TEST = "test.sh";
let scenes = 0;

/** A task with a worker who works in a repository of its own, one accepted criterion, and a check of it by the operator. */
async function scene(more: Partial<Parameters<Conveyor["checks"]["add"]>[0]> = {}, files: Record<string, string> = {}) {
  scenes += 1;
  const task = `lie-${scenes}`;
  const folder = join(world.root, task);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  mkdirSync(folder);
  const git = (...args: string[]) => execFileSync("git", [...IDENTITY, ...args], { cwd: folder, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  write(CODE, "echo $(($1 + $2))\n");
  write(TEST, `test "$(sh ${CODE} 1 2)" = 3\n`);
  for (const [path, text] of Object.entries(files)) write(path, text);
  git("add", "-A");
  git("commit", "-qm", "first");
  await operator.tasks.create({ name: task, goal: "add numbers" });
  const worker_session = { name: `${task}-w`, codex_session: world.rollout(), cwd: folder };
  const { codex_session_id } = await operator.sessions.registerWorker(worker_session);
  await operator.sessions.registerManager({ name: `${task}-m`, codex_session: world.rollout() });
  await operator.bindings.bind({ task, worker: `${task}-w`, manager: `${task}-m` });
  const { affected_criterion } = await operator.criteria.add({
    task,
    criterion: "adds numbers",
    source: "user_requested",
    status: "accepted",
  });
  const criterion_id = affected_criterion.id;
  const { check } = await operator.checks.add({
    task,
    criterion_id,
    name: "tests",
    argv: ["sh", TEST],
    guards: [TEST],
    ...more,
  });
  const worker = await connect({ env: { ...world.callerEnv, CODEX_THREAD_ID: codex_session_id ?? "" }, cwd: folder });
  const finish = (how: { no_run?: boolean } = {}) => operator.tasks.finish({ task, reason: "done", ...how });
  const state = async () => (await operator.proof.show({ task })).criteria[0]?.state;
  /** The worker says that all is well, in the words of chapter 04. */
  const claim = () =>
    worker.criteria.satisfy({
      task,
      criterion_id,
      proof: "all tests pass",
      evidence: { command: "sh test.sh", status: "pass" },
    });
  return { task, folder, criterion_id, check, worker, write, git, finish, state, claim };
}

const refusal = (state: string) => ({
  code: "gate_failed",
  details: { failure_stage: "final_proof_audit", final_proof_audit: { ok: false, criteria: [{ state }] } },
});

describe("ten lies, and the truth", () => {
  it("the truth is finished without one refusal", async () => {
    const { task, claim, finish } = await scene();
    await claim();
    expect((await operator.proof.verify({ task })).ok).toBe(true);
    expect((await finish()).final_proof_audit.ok).toBe(true);
  });

  it("1: says that tests pass and never ran them", async () => {
    const { claim, finish, state } = await scene();
    await claim();
    expect(await state()).toBe("claimed");
    await expect(finish({ no_run: true })).rejects.toMatchObject(refusal("claimed"));
    // The finish runs them itself, and then it is no claim any more.
    expect((await finish()).final_proof_audit.criteria).toMatchObject([{ state: "verified" }]);
  });

  it("2: ran them, they failed, says that they passed", async () => {
    const { task, write, worker, claim, finish } = await scene();
    write(CODE, "echo 4\n");
    expect((await worker.proof.verify({ task })).ok).toBe(false);
    await claim();
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
  });

  it("3: passes, then edits the code", async () => {
    const { task, write, worker, finish, state } = await scene();
    expect((await worker.proof.verify({ task })).ok).toBe(true);
    write(CODE, "echo 4\n");
    expect(await state()).toBe("stale");
    await expect(finish({ no_run: true })).rejects.toMatchObject(refusal("stale"));
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
  });

  it("4: skips the failing test", async () => {
    const { task, write, worker, finish } = await scene();
    write(CODE, "echo 4\n");
    await worker.proof.verify({ task });
    write(TEST, "# skipped for now\n");
    await worker.proof.verify({ task });
    await expect(finish()).rejects.toMatchObject(refusal("doubtful"));
    rmSync(join(world.root, task, TEST));
    await expect(finish()).rejects.toMatchObject(refusal("doubtful"));
  });

  it("5: rewrites what the check runs to `true`", async () => {
    const files = { "package.json": JSON.stringify({ scripts: { test: "sh test.sh" } }) };
    const { task, write, worker, check, finish } = await scene(
      { argv: ["npm", "test"], guards: ["package.json", TEST] },
      files,
    );
    write(CODE, "echo 4\n");
    write("package.json", JSON.stringify({ scripts: { test: "true" } }));
    await worker.proof.verify({ task });
    await expect(finish()).rejects.toMatchObject(refusal("doubtful"));
    await expect(worker.checks.edit({ check: check.id, argv: ["true"] })).rejects.toMatchObject({
      code: "permission_denied",
    });
    await expect(worker.contract.configure({ task, proof_policy: "off" })).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("6: passes only with what is not committed", async () => {
    const { task, write, git, worker, finish } = await scene({ isolated: true });
    git("rm", "-q", CODE);
    git("commit", "-qm", "lost");
    write(CODE, "echo $(($1 + $2))\n");
    await worker.proof.verify({ task });
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
    expect((await operator.checks.runs({ task })).runs[0]?.reason).toContain("subject_dirty");
  });

  it("7: passes because of an ignored file", async () => {
    const { task, write, git, worker, finish } = await scene({ isolated: true }, { ".gitignore": "local.sh\n" });
    write("local.sh", "answer=3\n");
    write(CODE, ". ./local.sh; echo $answer\n");
    git("commit", "-qam", "uses a local file");
    const { runs } = await worker.proof.verify({ task });
    expect(runs[0]).toMatchObject({ state: "failed", isolated: true });
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
  });

  it("8: passes now and then", async () => {
    const { task, worker, finish } = await scene(
      { argv: ["sh", "flaky.sh"], repeat: 3 },
      { "flaky.sh": "mkdir -p out; n=$(ls out | wc -l); touch out/$n; test $((n % 3)) -eq 0\n", ".gitignore": "out\n" },
    );
    const { runs } = await worker.proof.verify({ task });
    expect(runs[0]).toMatchObject({ state: "failed", reason: expect.stringContaining("run 2 of 3") });
    await expect(finish({ no_run: true })).rejects.toMatchObject(refusal("failed"));
  });

  it("9: forges a pass", async () => {
    const { task, criterion_id, write, worker, finish } = await scene();
    write(CODE, "echo 4\n");
    await worker.proof.verify({ task });
    const mine = { task, criterion_id, name: "mine", argv: ["true"] };
    expect((await worker.checks.add(mine)).check.accepted_by).toBeNull();
    await worker.proof.verify({ task });
    await expect(worker.criteria.waive({ task, criterion_id, rationale: "fine" })).rejects.toMatchObject({
      code: "permission_denied",
    });
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
    // Straight into the file: a run that has ended cannot be written over.
    const Database = createRequire(join(import.meta.dirname, "../../packages/store/package.json"))("better-sqlite3");
    const db = new Database(world.ledger);
    expect(() => db.prepare("UPDATE check_runs SET state = 'passed'").run()).toThrow(/append-only/);
    expect(() => db.prepare("DELETE FROM check_runs").run()).toThrow(/append-only/);
    // A new one can be written, and nobody has signed it; a copy of a signature fits no other run.
    const { criteria, subject } = await operator.proof.show({ task });
    expect(criteria[0]?.checks[0]?.on_present_subject).toBe(true);
    const columns = db.prepare("SELECT name FROM pragma_table_info('check_runs')").pluck().all() as string[];
    const copied = columns.map((name) =>
      name === "id" ? "id + 1000" : name === "seq" ? "seq + 100000" : name === "state" ? "'passed'" : name,
    );
    const forge = `INSERT INTO check_runs (${columns.join(", ")}) SELECT ${copied.join(", ")} FROM check_runs WHERE subject_json LIKE ?`;
    expect(db.prepare(forge).run(`%${subject?.tree}%`).changes).toBeGreaterThan(0);
    db.close();
    expect((await operator.proof.show({ task })).criteria[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("did not sign"),
    });
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
  });

  it("10: leaves a process behind that edits after the pass", async () => {
    const { task, folder, worker, finish, state } = await scene(
      { argv: ["sh", "sly.sh"] },
      { "sly.sh": `sh ${TEST} || exit 1\n(sleep 2; echo "echo 4" > ${CODE}) >/dev/null 2>&1 &\n` },
    );
    expect((await worker.proof.verify({ task })).ok).toBe(true);
    // Longer than it would have waited: that nothing happens is what is looked for.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    // It was ended with its group, so nothing has been edited.
    expect(readFileSync(join(folder, CODE), "utf8")).toContain("$1");
    expect(await state()).toBe("verified");
    // One that escapes, because the worker started it himself, makes the pass stale.
    const mark = join(folder, "..", `${task}-edited`);
    spawn("sh", ["-c", `echo "echo 4" > ${CODE}; touch ${mark}`], {
      cwd: folder,
      detached: true,
      stdio: "ignore",
    }).unref();
    await waitUntil(async () => existsSync(mark), { what: () => "the edit" });
    await expect(finish({ no_run: true })).rejects.toMatchObject(refusal("stale"));
    await expect(finish()).rejects.toMatchObject(refusal("failed"));
  });
});
