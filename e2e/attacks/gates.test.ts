import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RouterWorld } from "./router-world.ts";

let world: RouterWorld;
beforeEach(async () => {
  world = new RouterWorld();
  await world.pair("auth", "w", "m");
});
afterEach(() => world.close());

interface Processed {
  processed: { state: string; error_code?: string; gate?: string }[];
}

/** Change the ledger as an import, a repair by hand or a damaged disk may. */
async function tamper(sql: string, ...values: unknown[]): Promise<void> {
  const now = "2026-01-01T00:00:00.000Z";
  await world.runtime.ledger.open("write").fast((tx) => {
    const { id } = tx.sql.search("SELECT id FROM tasks WHERE name = 'auth'").get() as { id: string };
    tx.sql.search(sql).run({ task_id: id, now, seq: tx.seq(), value: values[0] });
  });
}

const storePermissions = (permissions: unknown) =>
  tamper(
    `INSERT INTO manager_configs (task_id, seq, updated_seq, supervision_mode, guidelines_json, acceptance_criteria_json,
       reference_paths_json, permissions_json, created_at, updated_at)
     VALUES (@task_id, @seq, @seq, 'guided', '[]', '[]', '[]', @value, @now, @now)`,
    JSON.stringify(permissions),
  );

const storeLoop = (metadata: unknown) =>
  tamper(
    `INSERT INTO runs (id, seq, task_id, name, purpose, status, started_at, metadata_json)
     VALUES ('run-1', @seq, @task_id, 'ship', 'ralph_loop', 'finished', @now, @value)`,
    JSON.stringify(metadata),
  );

/** What becomes of an instruction to merge. */
async function merge(): Promise<string> {
  const message = { task: "auth", message: "merge it", required_permission: "repo.merge_green_pr" };
  await world.call("dispatch.enqueueNudgeWorker", message);
  const { processed } = await world.call<Processed>("dispatch.run", {});
  return processed[0]?.state ?? "nothing";
}

describe("a permission to merge", () => {
  it.each<[string, unknown]>([
    ["a list", { repo: ["merge_green_pr"] }],
    ["exactly true", { "repo.merge_green_pr": true }],
    ["an older name with true", { allow_merge_green: true }],
  ])("is granted by %s", async (_what, permissions) => {
    await storePermissions(permissions);
    expect(await merge()).toBe("pull_required");
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["the word true", { "repo.merge_green_pr": "true" }],
    ["the word no", { "repo.merge_green_pr": "no" }],
    ["one", { "repo.merge_green_pr": 1 }],
    ["minus one", { "repo.merge_green_pr": -1 }],
    ["an empty list", { "repo.merge_green_pr": [] }],
    ["an object", { "repo.merge_green_pr": { granted: true } }],
    ["null", { "repo.merge_green_pr": null }],
    ["a list in a list", { repo: [["merge_green_pr"]] }],
    ["a text", { repo: "merge_green_pr" }],
    ["a list with a number", { repo: ["merge_green_pr", 1] }],
    ["a list that is taken back", { repo: ["merge_green_pr"], allow_merge_green: false }],
    ["a name with a joiner", { repo: ["merge\u200d_green_pr"] }],
    ["a list at the top", ["repo.merge_green_pr"]],
    ["a text at the top", "repo.merge_green_pr"],
  ])("is not granted by %s", async (_what, permissions) => {
    await storePermissions(permissions);
    expect(await merge()).toBe("failed");
  });

  it.each<[string, unknown]>([
    ["the word false", { "repo.merge_green_pr": "false" }],
    ["a list in a list", { repo: [["merge_green_pr"]] }],
    ["an unknown name", { "repo.merge_red_pr": true }],
    ["an unknown action", { repo: ["merge_red_pr"] }],
  ])("cannot even be told with %s", async (_what, manager_permissions) => {
    const plan = { task: "auth", worker_name: "w2", manager_name: "m2", cwd: world.root, manager_permissions };
    expect(await world.refusal("startup.planPair", plan)).toBe("invalid_input");
  });
});

describe("a loop that guards merging", () => {
  beforeEach(() => storePermissions({ repo: ["merge_green_pr"] }));
  const sound = { current_iteration: 1, max_iterations: 2, required_before_continue: ["manager_merge_decision"] };

  it.each<[string, unknown]>([
    ["it opted out", { ...sound, merge_gate: "off" }],
    ["it was closed", { ...sound, closed_at: "2026-01-01T00:00:00.000Z" }],
    ["it requires something else", { ...sound, required_before_continue: ["build_passed"] }],
  ])("lets one through when %s", async (_what, metadata) => {
    await storeLoop(metadata);
    expect(await merge()).toBe("pull_required");
  });

  it.each<[string, unknown]>([
    ["nothing is proved", sound],
    ["the present iteration is missing", { ...sound, current_iteration: undefined }],
    ["the present iteration is a word", { ...sound, current_iteration: "one" }],
    ["the present iteration is negative", { ...sound, current_iteration: -1 }],
    ["the present iteration is above the maximum", { ...sound, current_iteration: 3 }],
    ["the maximum is missing", { ...sound, max_iterations: undefined }],
    ["the maximum is null", { ...sound, max_iterations: null }],
    ["the maximum is a fraction", { ...sound, max_iterations: 2.5 }],
    ["what it requires is a text", { ...sound, required_before_continue: "manager_merge_decision" }],
    ["what it requires is a list in a list", { ...sound, required_before_continue: [["manager_merge_decision"]] }],
    ["what it requires is in other case", { ...sound, required_before_continue: ["Manager_Merge_Decision"] }],
    ["what it requires is an object", { ...sound, required_before_continue: { manager_merge_decision: true } }],
    ["what it requires is null", { ...sound, required_before_continue: null }],
    ["it opted out in other words", { ...sound, merge_gate: "OFF" }],
    ["it opted out with false", { ...sound, merge_gate: false }],
    ["it was closed at no time", { ...sound, closed_at: "yes" }],
    ["its metadata is no object", []],
  ])("holds when %s", async (_what, metadata) => {
    await storeLoop(metadata);
    expect(["blocked", "failed"]).toContain(await merge());
  });
});

describe("a finish that asks for adversarial proof", () => {
  const proof = {
    evidence_type: "adversarial_check",
    failure_mode: "lost rows",
    check: "kill -9",
    result: "none lost",
  };
  const finish = () => world.refusal("tasks.finish", { task: "auth", require_adversarial_proof: true });
  const prove = (source: string, evidence: object) =>
    world.call("criteria.add", { task: "auth", criterion: "survives", source, status: "satisfied", evidence });

  it("is done with the manager's proof", async () => {
    await prove("manager_inferred", proof);
    expect(await finish()).toBeUndefined();
  });

  it.each<[string, string, object]>([
    ["the worker's own", "worker_proposed", proof],
    ["not ok", "manager_inferred", { ...proof, status: "not ok" }],
    ["blocked", "manager_inferred", { ...proof, status: "blocked" }],
    ["failing", "manager_inferred", { ...proof, status: "failing" }],
    ["failed in Cyrillic", "manager_inferred", { ...proof, status: "f\u0430iled" }],
    ["of nothing visible", "manager_inferred", { ...proof, failure_mode: "\u200b" }],
  ])("is refused with one that is %s", async (_what, source, evidence) => {
    await prove(source, evidence);
    expect(await finish()).toBe("gate_failed");
  });
});

describe("a strict finish", () => {
  it.each([
    ["made now", "2026", undefined],
    ["from the year 2999", "2999", "gate_failed"],
  ])("with a decision %s", async (_what, year, refusal) => {
    const { id } = await world.call("decisions.record", { task: "auth", decision: "stop", reason: "done" });
    if (year === "2999")
      await tamper(
        "UPDATE manager_decisions SET created_at = '2999' || substr(created_at, 5) WHERE task_id = @task_id",
      );
    expect(await world.refusal("tasks.finish", { task: "auth", decision_id: id, strict_decisions: true })).toBe(
      refusal,
    );
  });
});

function deep(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

describe("an input above its bound", () => {
  it.each<[string, string, Record<string, unknown>]>([
    ["a message of 2 MiB", "dispatch.enqueueNudgeWorker", { task: "auth", message: "x".repeat(2 * 1024 * 1024) }],
    ["a goal of 65 KiB", "tasks.create", { name: "n", goal: "x".repeat(65 * 1024) }],
    [
      "evidence of 65 levels",
      "criteria.add",
      { task: "auth", criterion: "c", source: "final_audit", evidence: deep(65) },
    ],
    [
      "evidence of 50,000 levels",
      "criteria.add",
      { task: "auth", criterion: "c", source: "final_audit", evidence: deep(50_000) },
    ],
    [
      "a payload of 2 MiB",
      "decisions.record",
      { task: "auth", decision: "stop", reason: "r", payload: { a: "x".repeat(2 * 1024 * 1024) } },
    ],
    ["a delay of 1e308 s", "dispatch.enqueueNudgeWorker", { task: "auth", message: "m", delay: 1e308 }],
    ["an end after 1e308 s", "dispatch.enqueueNudgeWorker", { task: "auth", message: "m", expires_in: 1e308 }],
    ["an answer within 1e308 s", "inbox.takeWorker", { task: "auth", ack_within: 1e308 }],
    ["a wait of 1e308 s", "inbox.worker", { task: "auth", wait: true, timeout: 1e308 }],
    ["a name with a zero-width blank", "tasks.create", { name: "auth\u200b", goal: "g" }],
    ["a name with a Cyrillic letter", "tasks.create", { name: "\u0430uth", goal: "g" }],
    ["a name with a blank behind", "tasks.create", { name: "auth ", goal: "g" }],
    ["a dispatcher with an escape", "dispatch.run", { dispatcher_id: "d\u001b[31m" }],
    [
      "201 lines of guidance",
      "startup.planPair",
      {
        task: "auth",
        worker_name: "a",
        manager_name: "b",
        cwd: "/",
        manager_guideline: Array.from({ length: 201 }, () => "x"),
      },
    ],
  ])("%s is refused as invalid", async (_what, path, input) => {
    expect(await world.refusal(path, input)).toBe("invalid_input");
  });

  it("leaves a name that is composed otherwise the same name", async () => {
    await world.call("tasks.create", { name: "caf\u00e9", goal: "g" });
    expect(await world.call("tasks.create", { name: "cafe\u0301", goal: "g" })).toMatchObject({ created: false });
    expect(await world.call("criteria.list", { task: "cafe\u0301" })).toMatchObject({ task: { name: "caf\u00e9" } });
  });
});
