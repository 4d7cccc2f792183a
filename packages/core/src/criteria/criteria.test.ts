import { type CallOf, type Criterion, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { add as addCriterion } from "./add.ts";
import {
  accept as acceptCriterion,
  defer as deferCriterion,
  reject as rejectCriterion,
  satisfy as satisfyCriterion,
} from "./change.ts";
import { isManagerCloseout } from "./closeout.ts";
import { criteriaSummaryOf, isAdversarialProof } from "./criterion.ts";
import { list as listCriteria } from "./list.ts";

let world: World;
beforeEach(async () => {
  world = createWorld();
  await world.task({ name: "parser" });
});
afterEach(() => world.close());

type Call<Name extends keyof typeof operations.criteria> = Omit<CallOf<(typeof operations)["criteria"][Name]>, "task">;
const TEXT = "Parser rejects empty input";
const add = (call: Partial<Call<"add">> = {}, ctx = world.ctx) =>
  addCriterion(
    ctx,
    operations.criteria.add.input.parse({ task: "parser", criterion: TEXT, source: "worker_proposed", ...call }),
  );
const satisfy = (call: Call<"satisfy">) =>
  satisfyCriterion(world.ctx, operations.criteria.satisfy.input.parse({ task: "parser", ...call }));
const list = (call: Call<"list"> = {}) =>
  listCriteria(world.ctx, operations.criteria.list.input.parse({ task: "parser", ...call }));

describe("criteria --add", () => {
  it("writes a proposed criterion and answers with the receipt", async () => {
    const { affected_criterion, ...rest } = await add({ criterion: `  ${TEXT} `, evidence: { b: 1, a: 2 } });
    expect(affected_criterion).toMatchObject({
      criterion: TEXT,
      status: "proposed",
      source: "worker_proposed",
      proof: null,
      rationale: null,
      evidence: { a: 2, b: 1 },
    });
    expect(rest).toMatchObject({
      created: true,
      warnings: [],
      task: { name: "parser" },
      criteria: [affected_criterion],
      summary: { proposed: 1, accepted: 0, satisfied: 0, deferred: 0, rejected: 0 },
    });
  });

  it("records it for audit and telemetry", async () => {
    const { affected_criterion, task } = await add({ status: "accepted", proof: "seen" });
    expect(await world.auditEvent("acceptance_criterion_added")).toMatchObject({
      task_id: task.id,
      payload: {
        created: true,
        criterion: TEXT,
        criterion_id: affected_criterion.id,
        evidence: {},
        proof: "seen",
        rationale: null,
        source: "worker_proposed",
        status: "accepted",
        task_id: task.id,
      },
    });
    expect(await world.telemetryEvent("acceptance_criterion_added")).toMatchObject({
      correlation: { criterion_id: affected_criterion.id, source: "worker_proposed" },
      attributes: { criterion: TEXT, has_evidence: false, has_proof: true, status: "accepted" },
    });
  });

  it("answers with the row that is there, unchanged and without an event", async () => {
    const first = await add();
    const before = await world.auditTypes();
    const again = await add({ status: "satisfied", proof: "ignored" });
    expect(again.created).toBe(false);
    expect(again.affected_criterion).toEqual(first.affected_criterion);
    expect(await world.auditTypes()).toEqual(before);
  });

  it("keeps the same text from another source, or of another task, apart", async () => {
    await add();
    expect((await add({ source: "user_requested" })).created).toBe(true);
    await world.task({ name: "lexer" });
    const other = operations.criteria.add.input.parse({ task: "lexer", criterion: TEXT, source: "worker_proposed" });
    expect((await addCriterion(world.ctx, other)).created).toBe(true);
  });

  it("writes one row when two callers add the same at once", async () => {
    const other = world.otherCtx();
    const both = await Promise.all([add(), add({}, other)]);
    await other.store.close();
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect((await list()).criteria).toHaveLength(1);
  });

  it.each([
    ["satisfied without anything to show", { status: "satisfied" }, ["satisfied_without_evidence"]],
    ["satisfied with a blank proof", { status: "satisfied", proof: " " }, ["satisfied_without_evidence"]],
    ["satisfied with evidence", { status: "satisfied", evidence: { command: "npm test" } }, []],
    ["about closing the task", { criterion: "Worker runs finish-task" }, ["manager_closeout_proof"]],
  ] as const)("warns as it should about one that is %s", async (_what, call, warnings) => {
    expect((await add(call)).warnings).toEqual(warnings);
  });

  it("refuses an unknown task", async () => {
    const call = operations.criteria.add.input.parse({ task: "nothing", criterion: "x", source: "final_audit" });
    await expect(addCriterion(world.ctx, call)).rejects.toMatchObject({ code: "not_found", details: { kind: "task" } });
  });
});

describe("changing a criterion", () => {
  const actions = [
    ["accept", acceptCriterion, "accepted"],
    ["satisfy", satisfyCriterion, "satisfied"],
    ["defer", deferCriterion, "deferred"],
    ["reject", rejectCriterion, "rejected"],
  ] as const;

  it.each(actions)("%s is possible from every status", async (_action, change, status) => {
    for (const [index, from] of (["proposed", "accepted", "satisfied", "deferred", "rejected"] as const).entries()) {
      const { affected_criterion } = await add({ criterion: `from ${from}`, status: from, proof: "p" });
      const changed = await change(world.ctx, { task: "parser", criterion_id: affected_criterion.id });
      expect(changed.affected_criterion.status).toBe(status);
      expect(changed.summary[status]).toBe(index + 1);
    }
  });

  it("keeps what is not given, and replaces evidence as a whole", async () => {
    const { affected_criterion } = await add({ rationale: "because", evidence: { a: 1 } });
    const { id } = affected_criterion;
    const first = await satisfy({ criterion_id: id, proof: "ran it", evidence: { b: 2 } });
    expect(first.affected_criterion).toMatchObject({ rationale: "because", proof: "ran it", evidence: { b: 2 } });
    const second = await satisfy({ criterion_id: id, rationale: "still" });
    expect(second.affected_criterion).toMatchObject({ rationale: "still", proof: "ran it", evidence: { b: 2 } });
    expect(second.affected_criterion.created_at).toBe(affected_criterion.created_at);
  });

  it("records the former values", async () => {
    const { affected_criterion } = await add({ proof: "old", evidence: { a: 1 } });
    await satisfy({ criterion_id: affected_criterion.id, proof: "new", evidence: { b: 2 } });
    expect((await world.auditEvent("acceptance_criterion_updated"))?.payload).toMatchObject({
      criterion_id: affected_criterion.id,
      status: "satisfied",
      proof: "new",
      evidence: { b: 2 },
      previous_status: "proposed",
      previous_proof: "old",
      previous_rationale: null,
      previous_evidence: { a: 1 },
    });
    expect((await world.telemetryEvent("acceptance_criterion_updated"))?.attributes).toMatchObject({
      status: "satisfied",
      previous_status: "proposed",
      has_evidence: true,
      has_proof: true,
    });
  });

  it("warns when it is satisfied without proof", async () => {
    const { affected_criterion } = await add();
    expect((await satisfy({ criterion_id: affected_criterion.id })).warnings).toEqual(["satisfied_without_evidence"]);
    expect((await satisfy({ criterion_id: affected_criterion.id, proof: "p" })).warnings).toEqual([]);
  });

  it("names task and id of a criterion that the task does not have", async () => {
    const { affected_criterion } = await add();
    await world.task({ name: "lexer" });
    for (const call of [
      { task: "parser", criterion_id: 999 },
      { task: "lexer", criterion_id: affected_criterion.id },
    ]) {
      await expect(acceptCriterion(world.ctx, call)).rejects.toMatchObject({
        code: "not_found",
        message: expect.stringContaining(`"${call.task}" has no criterion #${call.criterion_id}`),
        details: { kind: "criterion" },
      });
    }
    expect((await list()).summary.proposed).toBe(1);
  });
});

describe("criteria --list", () => {
  it("filters the list and counts everything", async () => {
    await add({ criterion: "a", status: "accepted" });
    await add({ criterion: "b", status: "deferred" });
    await add({ criterion: "c" });
    const texts = async (call: Call<"list">) => (await list(call)).criteria.map(({ criterion }) => criterion);
    expect(await texts({})).toEqual(["a", "b", "c"]);
    expect(await texts({ status: ["proposed", "accepted"] })).toEqual(["a", "c"]);
    const { summary } = await list({ status: ["rejected"] });
    expect(summary).toEqual({ proposed: 1, accepted: 1, satisfied: 0, deferred: 1, rejected: 0 });
  });
});

describe("the input of criteria", () => {
  it.each([
    ["a blank criterion", { task: "t", criterion: "  ", source: "worker_proposed" }],
    ["no criterion", { task: "t", source: "worker_proposed" }],
    ["no source", { task: "t", criterion: "c" }],
    ["a source that is none", { task: "t", criterion: "c", source: "manager_config" }],
    ["a status that is none", { task: "t", criterion: "c", source: "worker_proposed", status: "done" }],
    ["evidence that is a list", { task: "t", criterion: "c", source: "worker_proposed", evidence: [1] }],
  ])("refuses %s on add", (_what, call) => {
    expect(operations.criteria.add.input.strict().safeParse(call).success).toBe(false);
  });

  it.each([
    ["a status", { task: "t", criterion_id: 1, status: "accepted" }],
    ["an id that is not whole", { task: "t", criterion_id: 1.5 }],
    ["a dry run", { task: "t", criterion_id: 1, dry_run: true }],
  ])("refuses %s on a change", (_what, call) => {
    expect(operations.criteria.accept.input.strict().safeParse(call).success).toBe(false);
  });
});

describe("adversarial proof", () => {
  const evidence = { evidence_type: "adversarial_check", failure_mode: "empty input", check: "fuzz", result: "held" };
  it.each([
    ["complete", "satisfied", evidence, true],
    ["with a passing status", "satisfied", { ...evidence, status: "pass" }, true],
    ["with a null status", "satisfied", { ...evidence, status: null }, true],
    ["of a criterion that is only accepted", "accepted", evidence, false],
    ["of another type", "satisfied", { ...evidence, evidence_type: "test" }, false],
    ["with a blank check", "satisfied", { ...evidence, check: " " }, false],
    ["with a result that is no text", "satisfied", { ...evidence, result: 1 }, false],
    ["without failure mode", "satisfied", { ...evidence, failure_mode: undefined }, false],
    ["that failed", "satisfied", { ...evidence, status: " FAILED " }, false],
    ["that was rejected", "satisfied", { ...evidence, status: "rejected" }, false],
    ["whose status is no text", "satisfied", { ...evidence, status: true }, false],
    ["that is not ok", "satisfied", { ...evidence, status: "not ok" }, false],
    ["that is blocked", "satisfied", { ...evidence, status: "blocked" }, false],
    ["that passes in Cyrillic", "satisfied", { ...evidence, status: "p\u0430ss" }, false],
    ["that passes around a joiner", "satisfied", { ...evidence, status: "pa\u200bss" }, false],
    ["that passes in wide letters", "satisfied", { ...evidence, status: "\uff50ass" }, false],
    ["with an empty status", "satisfied", { ...evidence, status: "" }, false],
    ["with a failure mode of nothing visible", "satisfied", { ...evidence, failure_mode: "\u200b\u2060\ufeff" }, false],
    ["with a check of fillers", "satisfied", { ...evidence, check: "\u3164" }, false],
    ["with a result of dots", "satisfied", { ...evidence, result: "..." }, false],
  ] as const)("%s: %s", (_what, status, given, expected) => {
    expect(isAdversarialProof({ status, source: "manager_inferred", evidence: given as Criterion["evidence"] })).toBe(
      expected,
    );
  });

  it.each([
    ["user_requested", true],
    ["final_audit", true],
    ["worker_proposed", false],
    ["worker_Proposed", false],
    ["", false],
  ])("from %j counts: %s", (source, expected) => {
    const given = { status: "satisfied", source, evidence } as unknown as Criterion;
    expect(isAdversarialProof(given)).toBe(expected);
  });
});

describe("criteria that are the manager's own closing work", () => {
  it.each([
    "run finish-task",
    "Passes --require-criteria-audit",
    "the task is marked done",
    "task done",
    "Mark the task done",
    "verified task closeout is recorded",
    "Heartbeat teardown complete",
    "manager  final report written",
  ])("are recognised: %s", (text) => expect(isManagerCloseout(text)).toBe(true));

  it.each(["the parser rejects empty input", "multitask done right", "refinish-tasking"])(
    "are not seen in: %s",
    (text) => expect(isManagerCloseout(text)).toBe(false),
  );
});

it("counts every status, also of nothing", () => {
  expect(criteriaSummaryOf([])).toEqual({ proposed: 0, accepted: 0, satisfied: 0, deferred: 0, rejected: 0 });
});
