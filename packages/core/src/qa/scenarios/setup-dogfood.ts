import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { exec, execChecked } from "@conveyor/host";
import { applyBundle } from "../../setup/apply-bundle.ts";
import { preview } from "../../setup/preview.ts";
import { show } from "../../setup/show.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { create as createTask } from "../../tasks/create.ts";
import { expecting } from "../stage/checks.ts";
import type { Stage } from "../stage/stage.ts";
import type { Scenario } from "./scenario.ts";

const PRESETS = ["autonomous_ship_it", "test_coverage_ralph", "ux_polish_ralph", "pr_ci_merge_ralph"] as const;
const SHIP_IT = PRESETS[0];
const SUPERPOWERS = ["superpowers:requesting-code-review", "superpowers:receiving-code-review"] as const;
/** What the home that is ready has; each is a file that names itself. */
const SKILLS = [
  ...["goal-prep", "codex-review", "requesting-code-review", "receiving-code-review", "security-diff-scan"],
  ...SUPERPOWERS,
] as const;

/** `setup-bundle-dogfood` (spec 05 §5.11, 06 §6.8.3): without a forge, without a session. */
export const SETUP_BUNDLE_DOGFOOD_RUN: Scenario = {
  about: "a set-up bundle grants what was approved and nothing else, and starts nothing",
  async preflight(ctx) {
    // It says that git is missing where it is.
    await exec(["git", "--version"], { env: ctx.host.env, signal: ctx.signal });
  },
  async play(stage) {
    const [ready, missing] = [home(stage, "codex_home_ready", SKILLS), home(stage, "codex_home_missing", [])];
    await fixtureRepository(stage);
    await previews(stage, ready);
    await blockedApply(stage, missing);
    const applied = await goodApply(stage, ready);
    await readBack(stage, applied);
    const sessions = await stage.ctx.store.read((tx) => tx.db.sessions.count());
    stage.checks.note(
      "no_sessions_created_during_dogfood",
      { session_count: sessions, correlation_id: "setup-bundle-dogfood-no-launch" },
      [expecting("session_count", sessions, 0)],
    );
    const program = stage.ctx.settings;
    return {
      facts: { live_sandbox: { enabled: false, reason: "this scenario reaches no forge" } },
      replay_commands: bundleReplay(program),
    };
  },
};

/** Make a task, preview, apply and show a bundle of the delivery preset. */
export function bundleReplay(program: Parameters<typeof commandLine>[0]): string[] {
  const task = slot("task");
  const flags = {
    preset: SHIP_IT,
    pr_review_backend: "composite",
    pr_review_required: true,
    whats_next: "execute_bounded",
    whats_next_max_iterations: 1,
  } as const;
  return [
    commandLine(program, ["tasks"], { create: slot("task"), goal: slot("goal") }),
    commandLine(program, ["setup-bundle preview", task], flags),
    commandLine(program, ["setup-bundle apply", task], { ...flags, approve: true }),
    commandLine(program, ["setup-bundle show", task]),
  ];
}

/** An agent's home with these skills, each of which says no more than its name. */
function home(stage: Stage, name: string, skills: readonly string[]): string {
  const folder = stage.place(name);
  mkdirSync(join(folder, "skills"), { recursive: true });
  for (const skill of skills) {
    const own = join(folder, "skills", skill.replace(":", "-"));
    mkdirSync(own, { recursive: true });
    writeFileSync(
      join(own, "SKILL.md"),
      `---\nname: ${skill}\ndescription: stands in for the skill in this run\n---\n`,
    );
  }
  stage.artifacts[name] = folder;
  return folder;
}

async function fixtureRepository(stage: Stage): Promise<void> {
  const folder = stage.place("fixture-repo");
  mkdirSync(folder, { recursive: true });
  const check = "process.exit(0);\n";
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify({ name: "fixture", scripts: { test: "node check.mjs" } })}\n`,
  );
  writeFileSync(join(folder, "check.mjs"), check);
  writeFileSync(join(folder, "README.md"), "# Fixture\n\nA repository that only this run needs.\n");
  const author = ["-c", "user.name=qa-run", "-c", "user.email=qa-run@example.invalid", "-c", "commit.gpgsign=false"];
  const options = { cwd: folder, env: stage.ctx.host.env, signal: stage.ctx.signal };
  await execChecked(["git", "init", "-q", "--template="], options);
  await execChecked(["git", "add", "-A"], options);
  await execChecked(["git", ...author, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Fixture"], options);
  stage.artifacts["fixture_repo"] = folder;
}

async function newTask(stage: Stage, suffix: string): Promise<string> {
  const made = await createTask(stage.ctx, {
    name: stage.nameOf(suffix),
    goal: "see what a bundle grants",
    summary: null,
  });
  stage.unbound(suffix, made);
  return made.id;
}

/** How much of what a bundle changes there is. */
function rows(stage: Stage) {
  return stage.ctx.store.read(async (tx) => ({
    setup_bundles: await tx.db.setup_bundles.count(),
    manager_configs: await tx.db.manager_configs.count(),
    criteria: await tx.db.acceptance_criteria.count(),
  }));
}

async function previews(stage: Stage, codex_home: string): Promise<void> {
  const tasks: string[] = [];
  for (const preset of PRESETS) tasks.push(await newTask(stage, preset));
  const before = await rows(stage);
  const seen = [];
  for (const [at, preset] of PRESETS.entries()) {
    const call: Call<"setup.preview"> = { task: tasks[at] as string, preset, codex_home };
    const { draft_hash, preflight } = await preview(stage.ctx, operations.setup.preview.input.parse(call));
    seen.push({ preset, draft_hash, ok: preflight.ok });
  }
  const after = await rows(stage);
  stage.checks.note(
    "all_preset_previews_are_read_only",
    { previews: seen, rows_before: before, rows_after: after, correlation_id: "setup-bundle-dogfood-preview-readonly" },
    [
      expecting("rows after the previews", after, before),
      expecting(
        "different policies have different hashes",
        new Set(seen.map((own) => own.draft_hash)).size,
        PRESETS.length,
      ),
      expecting(
        "previews.ok",
        seen.map(({ ok }) => ok),
        PRESETS.map(() => true),
      ),
    ],
  );
}

async function blockedApply(stage: Stage, codex_home: string): Promise<void> {
  const task = await newTask(stage, "missing-superpowers");
  const call: Call<"setup.applyBundle"> = {
    ...{ task, preset: SHIP_IT, codex_home, approve: true },
    ...{ pr_review_backend: "superpowers", pr_review_required: true },
  };
  const answer = await applyBundle(stage.ctx, operations.setup.applyBundle.input.parse(call));
  const { blocked, launched, missing_required } = answer;
  const { manager_configs } = await rows(stage);
  stage.checks.note(
    "missing_superpowers_review_backend_blocks_before_launch",
    { blocked: { blocked, launched, missing_required }, correlation_id: "setup-bundle-dogfood-missing-backend" },
    [
      expecting("blocked.blocked", blocked, true),
      expecting("blocked.launched", launched, false),
      expecting(
        "missing_required has both",
        SUPERPOWERS.filter((skill) => missing_required.includes(skill)),
        SUPERPOWERS,
      ),
      expecting("the number of manager configs", manager_configs, 0),
    ],
  );
}

async function goodApply(stage: Stage, codex_home: string) {
  const task = await newTask(stage, "applied-ship-it");
  const call: Call<"setup.applyBundle"> = { task, preset: SHIP_IT, codex_home, approve: true };
  const answer = await applyBundle(stage.ctx, operations.setup.applyBundle.input.parse(call));
  const config = await stage.ctx.store.read((tx) => tx.db.manager_configs.findFirst({ where: { task_id: task } }));
  const { setup_bundle } = answer;
  stage.checks.note(
    "autonomous_ship_it_apply_persists_setup_and_manager_config",
    { setup_bundle, supervision_mode: config?.supervision_mode ?? null },
    [
      expecting("setup_bundle.state", setup_bundle?.state, "applied"),
      expecting("the mode of the manager config", config?.supervision_mode, answer.policy.manager.mode),
      expecting("launched", answer.launched, false),
    ],
  );
  return { task, draft_hash: answer.draft_hash };
}

async function readBack(stage: Stage, { task, draft_hash }: { task: string; draft_hash: string }): Promise<void> {
  const { approved_hash, policy } = await show(stage.ctx, operations.setup.show.input.parse({ task }));
  const correlation_id = "setup-bundle-dogfood-applied-readback";
  stage.checks.note("setup_bundle_show_matches_applied_hash", { approved_hash, correlation_id }, [
    expecting("approved_hash", approved_hash, draft_hash),
  ]);
  const recommended_handoff = commandLine(stage.ctx.settings, ["pair"], {
    task: slot("task"),
    worker_name: slot("worker"),
    manager_name: slot("manager"),
    dry_run: true,
  });
  stage.checks.note(
    "worker_set_intent_is_handoff_only",
    { persisted_worker_count: policy.workers.count, recommended_handoff },
    [
      expecting("persisted_worker_count", policy.workers.count, 1),
      expecting("the number of profiles", policy.workers.profiles.length, 1),
    ],
  );
}
