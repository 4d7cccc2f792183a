import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { configure as configureTask } from "./configure.ts";
import { interview as interviewTask } from "./interview.ts";
import { questions as questionsOfTask } from "./questions.ts";

let world: World;
beforeEach(async () => {
  world = createWorld({});
  await world.task({ name: "parser" });
});
afterEach(() => world.close());

const configure = (call: Partial<Call<"contract.configure">> = {}) =>
  configureTask(world.ctx, operations.contract.configure.input.parse({ task: "parser", ...call }));
const interview = (call: Partial<Call<"contract.interview">> = {}) =>
  interviewTask(world.ctx, operations.contract.interview.input.parse({ task: "parser", ...call }));
const questions = (call: Partial<Call<"contract.questions">> = {}) =>
  questionsOfTask(world.ctx, operations.contract.questions.input.parse({ task: "parser", ...call }));
const recorded = async () => (await world.auditTypes()).filter((type) => type === "manager_config_recorded").length;

describe("manager-config", () => {
  it("makes a config with the defaults where there is none, and only shows it from then on", async () => {
    const first = await configure();
    expect(first).toMatchObject({
      revision: 1,
      supervision_mode: "guided",
      recipe_name: "custom",
      require_acks: false,
    });
    expect(await configure()).toEqual(first);
    expect(await recorded()).toBe(1);
  });

  it("lets the recipe fill what no flag sets, and grants nothing by it", async () => {
    const config = await configure({ recipe: "  Ship_It  LOOP ", mode: "light" });
    expect(config).toMatchObject({
      recipe_name: "ship-it-loop",
      supervision_mode: "light",
      epilogues: ["draft-pr", "record-handoff"],
      permissions: { repo: [], worker_session: [] },
    });
    expect(config).not.toHaveProperty("warnings");
  });

  it("adds grants, warns of unknown ones and takes away what is revoked", async () => {
    const granted = await configure({ permit: ["repo.open_pr", "repo.fly"], allow_worker_compact_clear: true });
    expect(granted.permissions).toMatchObject({ repo: ["open_pr"], worker_session: ["clear", "compact"] });
    expect(granted.warnings).toEqual(["unknown_permission: repo.fly"]);
    const revoked = await configure({ revoke: ["worker_session.clear"] });
    expect(revoked.permissions).toMatchObject({ repo: ["open_pr"], worker_session: ["compact"] });
  });

  it("edits lists in place and is the same when it is said again", async () => {
    await configure({ guideline: ["a", "b"] });
    const edited = await configure({ append_guideline: ["c", "a"], remove_guideline: ["b"] });
    expect(edited).toMatchObject({ guidelines: ["a", "c"], revision: 2 });
    const again = await configure({ append_guideline: ["c"], remove_guideline: ["b"] });
    expect(again).toMatchObject({ guidelines: ["a", "c"], revision: 2, warnings: ["not_in_list: guidelines: b"] });
  });

  it("empties a field, and switches the demand for acknowledgements off again", async () => {
    await configure({ objective: "o", guideline: ["a"], require_acks: true, permit: ["repo.open_pr"] });
    const config = await configure({ clear: ["objective", "guidelines", "permissions"], drop_require_acks: true });
    expect(config).toMatchObject({ objective: null, guidelines: [], require_acks: false, permissions: { repo: [] } });
  });

  it("refuses when somebody else changed it meanwhile, and writes nothing", async () => {
    await configure({ objective: "one", expect_revision: 0 });
    await configure({ objective: "two", expect_revision: 1 });
    await expect(configure({ objective: "three", expect_revision: 1 })).rejects.toMatchObject({
      code: "gate_failed",
      details: { failure_stage: "expected_revision", expected: 1, revision: 2 },
    });
    await expect(configure({ expect_revision: 7 })).rejects.toMatchObject({ code: "gate_failed" });
    expect((await configure()).objective).toBe("two");
  });

  it.each([
    ["an unknown task", { task: "nothing" }, { code: "not_found", details: { kind: "task" } }],
    ["an unknown recipe", { recipe: "world peace" }, { code: "not_found", details: { kind: "recipe" } }],
    ["both directions of a switch", { require_acks: true, drop_require_acks: true }, { code: "conflicting_flags" }],
  ])("refuses %s and writes nothing", async (_what, call, refusal) => {
    await expect(configure({ objective: "o", ...call })).rejects.toMatchObject(refusal);
    expect(await recorded()).toBe(0);
  });

  it.each([
    ["an unknown action", { repo: ["fly"] }, "repo has no action"],
    ["a category without a list", { repo: "open_pr" }, "permissions.repo"],
    ["a word for a boolean", { create_pr: "false" }, "permissions.create_pr"],
  ])("names the field of a permission object with %s", (_what, permissions, named) => {
    const call = operations.contract.configure.input.safeParse({ task: "parser", permissions });
    const said = call.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
    expect(said).toContain(named);
  });
});

describe("the set-up questions", () => {
  it("are eleven, in their order, with the present values, and change nothing", async () => {
    await configure({ objective: "follow the plan", permit: ["repo.open_pr"] });
    const before = await world.auditTypes();
    const document = await questions();
    expect(document).toMatchObject({
      task: { name: "parser" },
      recommended_collection: "manager_codex_chat",
      fallback_collection: "conveyor manager-config --interactive",
    });
    expect(document.questions.map(({ id }) => id)).toEqual([
      "recipe_name",
      "supervision_mode",
      "objective",
      "guidelines",
      "acceptance_criteria",
      "reference_paths",
      "permissions",
      "tools",
      "epilogues",
      "nudge_on_completion",
      "require_acks",
    ]);
    expect(document.questions[2]).toMatchObject({ kind: "text", default: "follow the plan" });
    expect(document.questions[6]).toMatchObject({
      default: { repo: ["open_pr"] },
      choices: { worker_session: ["clear", "compact", "interrupt", "stop"] },
    });
    expect(document.questions[8]?.choices).toEqual(["draft-pr", "record-handoff", "run-tools", "subagent-review"]);
    expect(await world.auditTypes()).toEqual(before);
  });

  it("need no config, and propose what the given flags would lead to", async () => {
    const { questions: asked } = await questions({ recipe: "ux polish", mode: "strict" });
    const defaults = Object.fromEntries(asked.map((question) => [question.id, question.default]));
    expect(defaults).toMatchObject({ recipe_name: "ux-polish-loop", supervision_mode: "strict", objective: null });
    expect(defaults["tools"]).toEqual(["verification.run_playwright"]);
    expect(await recorded()).toBe(0);
  });
});

describe("the answers", () => {
  it("go through the same merge: what is left out stays, a no revokes", async () => {
    await configure({ objective: "o", permit: ["repo.open_pr", "repo.monitor_ci"], require_acks: true });
    const config = await interview({
      answers: { guidelines: ["g"], permissions: { create_pr: false, merge_green_pr: true }, require_acks: false },
    });
    expect(config).toMatchObject({
      objective: "o",
      guidelines: ["g"],
      permissions: { repo: ["merge_green_pr", "monitor_ci"] },
      require_acks: false,
      revision: 2,
    });
  });

  it("win over flags, and flags fill what they leave out", async () => {
    const config = await interview({ mode: "strict", objective: "flag", answers: { objective: "answer" } });
    expect(config).toMatchObject({ supervision_mode: "strict", objective: "answer" });
  });

  it("to other questions are refused", () => {
    const call = { task: "parser", answers: { colour: "red" } };
    expect(operations.contract.interview.input.safeParse(call).success).toBe(false);
  });
});
