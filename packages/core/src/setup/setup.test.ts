import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { SETUP_PRESETS } from "@conveyor/contracts/setup/words";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { applyBundle as apply } from "./apply-bundle.ts";
import { draftHashOf, draftPolicy, skillsOf } from "./draft.ts";
import { preview } from "./preview.ts";
import { show } from "./show.ts";

const { setup } = operations;
const draft = (input: Record<string, unknown>) => draftPolicy(setup.preview.input.parse({ task: "t", ...input }));

describe("the policy of a set-up bundle", () => {
  it.each([
    [
      "autonomous_ship_it",
      "strict",
      "ship_it_loop",
      2,
      ["goal-prep", "requesting-code-review", "receiving-code-review", "codex-review"],
    ],
    ["test_coverage_ralph", "strict", "test_coverage_loop", 3, []],
    ["ux_polish_ralph", "guided", "visual_diff_loop", 4, []],
    ["pr_ci_merge_ralph", "strict", "pr_ci_merge_loop", 1, []],
    ["custom", "guided", null, 1, []],
  ])("%s is %s, with %s for %i iterations", (preset, mode, loop, max_iterations, required) => {
    const policy = draft({ preset });
    expect(policy).toMatchObject({ manager: { mode }, loop: { preset: loop, max_iterations }, workers: { count: 1 } });
    expect(skillsOf(policy)).toEqual({ required, optional: ["security-diff-scan"] });
    expect(policy.evidence.acceptance_criteria).toEqual(
      policy.loop.required_evidence.map((type) => `${type} evidence is recorded`),
    );
    expect(policy.manager.denied_actions).toHaveLength(2);
  });

  it.each<[Record<string, unknown>, object]>([
    [
      { pr_review_required: true },
      { pr_review: { backend: "codex_review", required: true, required_skills: ["codex-review"] } },
    ],
    [
      { pr_review_required: true },
      { manager: { pr_review: { role: "gatekeeper", gate: "block_merge_until_review_receipts", backend: "inherit" } } },
    ],
    [
      {},
      {
        manager: { pr_review: { role: "none", gate: "none", backend: "off" } },
        whats_next: { enabled: false, max_iterations: 0 },
      },
    ],
    [{ planning_backend: "codex_goal" }, { planning: { required: false, required_skills: [] } }],
    [
      { planning_required: true },
      { planning: { backend: "codex_goal", required: true, required_skills: ["codex-goal-drafter"] } },
    ],
    [{ planning_backend: "goalbuddy" }, { planning: { required_skills: ["goal-prep"] } }],
    [
      { pr_review_backend: "github" },
      { pr_review: { required: false, required_skills: ["gh-address-comments", "gh-fix-ci"] } },
    ],
    [{ loop_preset: "build_then_clear" }, { loop: { backend: "loop_template", preset: "build_then_clear" } }],
    [
      { loop_backend: "custom", loop_max_iterations: 7 },
      { loop: { backend: "custom", max_iterations: 7, preset: null } },
    ],
    [
      { require_skill: ["mine"], optional_skill: ["nice"] },
      { pr_review: { required_skills: ["mine"], optional_skills: ["security-diff-scan", "nice"] } },
    ],
    [
      { whats_next: "suggest_only", whats_next_max_iterations: 4 },
      { whats_next: { enabled: true, max_iterations: 4, post_merge_allowed: false } },
    ],
    [
      { preset: "autonomous_ship_it", whats_next: "off" },
      { whats_next: { enabled: false, max_iterations: 0, post_merge_allowed: false } },
    ],
    [{ preset: "autonomous_ship_it", pr_review_backend: "off" }, { pr_review: { backend: "off", required: false } }],
  ])("with %j", (input, expected) => {
    expect(draft(input)).toMatchObject(expected);
  });

  it("has the same hash as an equal one, and another than any other", () => {
    const hashes = SETUP_PRESETS.map((preset) => draftHashOf(draft({ preset })));
    expect(new Set(hashes).size).toBe(SETUP_PRESETS.length);
    expect(draftHashOf(draft({ optional_skill: [] }))).toBe(draftHashOf(draft({})));
  });

  it.each([
    { preset: "x" },
    { loop_preset: "x" },
    { pr_review_backend: "x" },
    { whats_next: "x" },
    { loop_max_iterations: 0 },
  ])("is not made of %j", (input) => {
    expect(setup.preview.input.safeParse({ task: "t", ...input }).success).toBe(false);
  });
});

describe("a set-up bundle", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const skill = (folder: string, name: string, own = name) => {
    const path = join(world.home, folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "SKILL.md"), `---\nname: ${own}\ndescription: does it\n---\n`);
  };
  const sequence = () => rowsOf(world, "SELECT value FROM ledger_sequence");
  const of = (input: Record<string, unknown>) => setup.applyBundle.input.parse({ task: "auth", ...input });
  const ship = { preset: "autonomous_ship_it", approve: true };

  it("is previewed without a trace, and blocked without its skills, whatever was approved", async () => {
    await world.task({ name: "auth" });
    const before = await sequence();
    const seen = await preview(world.ctx, setup.preview.input.parse({ task: "auth", preset: "autonomous_ship_it" }));
    const tried = await apply(world.ctx, of({ ...ship, dry_run: true, approve: false }));
    expect(tried).toMatchObject({ dry_run: true, blocked: true, launched: false, setup_bundle: null });
    await expect(apply(world.ctx, of({ preset: "custom" }))).rejects.toMatchObject({ code: "confirmation_required" });
    await expect(show(world.ctx, { task: "auth" })).rejects.toMatchObject({ code: "not_found" });
    expect(await sequence()).toEqual(before);
    // Half of them, one by the name that it gives itself and one from a plugin, are not enough.
    skill("skills", "goal-prep");
    skill("skills", "cr", "codex-review");
    skill("plugins/cache/market/super/1.0.0/skills", "requesting-code-review");
    const answer = await apply(world.ctx, of(ship));
    expect(answer).toMatchObject({
      blocked: true,
      missing_required: ["receiving-code-review"],
      draft_hash: seen.draft_hash,
    });
    expect(await show(world.ctx, { task: "auth" })).toMatchObject({ state: "blocked", applied_at: null });
    expect(await world.telemetryEvent("setup_bundle_blocked")).toMatchObject({ severity: "warning" });
    expect(await rowsOf(world, "SELECT task_id FROM manager_configs")).toEqual([]);
  });

  it("is applied as it was approved: config, permissions and criteria, once each, and nothing is launched", async () => {
    const { id } = await world.task({ name: "auth" });
    for (const name of ["goal-prep", "codex-review", "requesting-code-review", "receiving-code-review"])
      skill("skills", name);
    const answer = await apply(world.ctx, of(ship));
    const bundle = await show(world.ctx, { task: "auth" });
    expect(answer.setup_bundle).toEqual(bundle);
    expect(bundle).toMatchObject({
      state: "applied",
      approved_hash: answer.draft_hash,
      name: expect.stringMatching(new RegExp(`^${id}-autonomous_ship_it-[0-9a-f]{8}$`)),
      approval_json: { approved_by: "operator" },
    });
    const [config] = await rowsOf<Record<string, string>>(world, "SELECT * FROM manager_configs");
    expect(config).toMatchObject({
      supervision_mode: "strict",
      recipe_name: "ship-it-loop",
      nudge_on_completion: "auto-review",
    });
    expect(JSON.parse(config?.["epilogues_json"] ?? "")).toEqual(["record-handoff"]);
    const criteria = () => rowsOf(world, "SELECT criterion, source, status FROM acceptance_criteria");
    expect(await criteria()).toHaveLength(bundle.policy.loop.required_evidence.length);
    expect((await criteria())[0]).toMatchObject({ source: "manager_inferred", status: "accepted" });
    await apply(world.ctx, of(ship));
    expect(await criteria()).toHaveLength(bundle.policy.loop.required_evidence.length);
    // A lesser policy takes back what the one before granted.
    await apply(world.ctx, of({ preset: "custom", approve: true }));
    const [after] = await rowsOf<Record<string, string>>(world, "SELECT permissions_json FROM manager_configs");
    expect(after?.["permissions_json"]).not.toContain("true");
    expect(await rowsOf(world, "SELECT id FROM sessions")).toEqual([]);
  });

  it("takes no path for the name of a skill, and looks behind a namespace", async () => {
    await world.task({ name: "auth" });
    skill("skills", "mine");
    const missing = async (require_skill: string[]) =>
      (await preview(world.ctx, setup.preview.input.parse({ task: "auth", require_skill }))).preflight.missing_required;
    expect(await missing(["mine", "team:mine"])).toEqual([]);
    expect(await missing(["../skills/mine", "skills/mine", "team:../mine", "..", "Mine"])).toHaveLength(5);
  });

  it("is not approved by the agent that does the work", async () => {
    const { task, worker } = await world.pair({ task: "auth" });
    const own = {
      ...world.ctx,
      settings: { ...world.ctx.settings, caller_thread_id: await threadOf(worker.session_id) },
    };
    await expect(apply(own, of({ preset: "custom", approve: true }))).rejects.toMatchObject({
      code: "permission_denied",
    });
    await world.store.write((tx) => tx.db.tasks.update({ where: { id: task.id }, data: { state: "done" } }));
    for (const more of [{ approve: true }, { dry_run: true }]) {
      await expect(apply(world.ctx, of({ preset: "custom", ...more }))).rejects.toMatchObject({
        code: "terminal_state",
      });
    }
  });

  const threadOf = async (id: string) =>
    (await rowsOf<{ thread: string }>(world, `SELECT codex_session_id AS thread FROM sessions WHERE id = '${id}'`))[0]
      ?.thread;
});
