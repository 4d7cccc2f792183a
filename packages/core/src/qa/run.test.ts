import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Call, operations, type QaScenarioName } from "@conveyor/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { createWorld } from "../testing/world.ts";
import { junitReport } from "./junit.ts";
import { type NamedScenario, play } from "./play.ts";
import { run } from "./run.ts";
import { expecting } from "./stage/checks.ts";

const world = createWorld();
afterAll(() => world.close());

let places = 0;
const place = () => join(world.root, "receipts", `${++places}.json`);
const ask = (call: Call<"qa.run">) => run(world.ctx, operations.qa.run.input.parse(call));
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Names of the checks that receipts promise (spec 05 §5.11). */
const PROMISED: Readonly<Partial<Record<QaScenarioName, readonly string[]>>> = {
  "ralph-loop-guardrails": [
    "max_iteration_blocks_before_worker_delivery",
    "missing_evidence_blocks_before_worker_delivery",
    "fresh_retry_delivers_after_structured_evidence",
    "preset_requires_pr_ci_merge_and_adversarial_evidence",
    "preset_retry_delivers_after_all_required_evidence",
  ],
  "generic-loop-template": [
    "visual_template_blocks_before_visual_evidence",
    "unstructured_adversarial_check_still_blocks",
    "structured_visual_evidence_retry_delivers",
  ],
  "test-coverage-loop": [
    "test_coverage_template_blocks_before_coverage_evidence",
    "test_coverage_unstructured_adversarial_check_still_blocks",
    "structured_test_coverage_retry_delivers",
  ],
  "build-clear-loop": [
    "build_clear_blocks_before_build_or_cleanup_evidence",
    "build_clear_still_blocks_before_cleanup_evidence",
    "build_clear_retry_delivers_after_build_and_cleanup_evidence",
  ],
  "ship-it-loop": [
    "ship_it_push_branch_requires_repo_push_branch",
    "ship_it_push_branch_delivers_after_permission",
    "ship_it_open_pr_requires_repo_open_pr",
    "ship_it_open_pr_delivers_after_permission",
    "ship_it_merge_requires_repo_merge_green_pr",
    "ship_it_merge_delivers_after_permission",
    "ship_it_lifecycle_blocks_before_any_evidence",
    "ship_it_lifecycle_blocks_before_mergeability_and_manager_decision",
    "ship_it_merge_blocks_before_manager_decision",
    "ship_it_conflict_retry_blocks_after_limit",
    "ship_it_lifecycle_retry_delivers_after_all_evidence",
  ],
  "setup-bundle-dogfood": [
    "all_preset_previews_are_read_only",
    "missing_superpowers_review_backend_blocks_before_launch",
    "autonomous_ship_it_apply_persists_setup_and_manager_config",
    "setup_bundle_show_matches_applied_hash",
    "worker_set_intent_is_handoff_only",
    "no_sessions_created_during_dogfood",
  ],
  "setup-bundle-live-sandbox": [
    "github_side_effects_explicitly_authorized",
    "sandbox_repo_allowlisted",
    "branch_prefix_restricted_to_dogfood",
    "runtime_pr_iteration_limits_set",
    "setup_bundle_show_required_before_launch",
    "no_github_commands_executed_by_preflight",
  ],
  "continuation-order": [
    "skipped_iteration_blocks",
    "next_iteration_delivers",
    "second_request_for_it_blocks",
    "request_for_a_begun_iteration_is_refused",
  ],
};

const isNoReceipt = (name: string) => name !== "receipt_output";

/** What a live run has to be told. */
const LIVE = {
  scenario: "setup-bundle-live-sandbox",
  ...{ allow_github_side_effects: true, github_repo: "me/sandbox", allowed_github_repos: ["me/sandbox"] },
  ...{ branch_prefix: "dogfood/", max_prs: 1, max_iterations: 2, max_runtime_minutes: 60 },
} as const;

describe("qa-run", () => {
  it.each(Object.entries(PROMISED) as [QaScenarioName, string[]][])(
    "%s passes, and its receipt says how",
    async (scenario, names) => {
      const receipt_output = place();
      const answer = await ask({ ...(scenario === LIVE.scenario ? LIVE : { scenario }), receipt_output });
      expect(answer).toMatchObject({ scenario, result: "passed", checks: names.length, receipt_path: receipt_output });
      const receipt = read(receipt_output);
      expect(receipt.checks.map(({ name }: { name: string }) => name)).toEqual(names);
      expect(new Set(receipt.checks.map(({ status }: { status: string }) => status))).toEqual(new Set(["passed"]));
      expect(receipt).toMatchObject({
        ...{ scenario, result: "passed", receipt_path: receipt_output },
        product: { version: expect.any(String), schema_version: expect.any(Number) },
      });
      expect(receipt.generated_tasks.length > 0).toBe(scenario !== LIVE.scenario);
      expect(receipt.replay_commands.every((line: string) => /conveyor .*--path/.test(line))).toBe(true);
      // The ledger is hashed before it is removed, and every artifact still lies where the receipt says.
      const { db_path, ...files } = receipt.artifacts;
      expect(existsSync(db_path)).toBe(false);
      const hashed = Object.keys(files).filter((name) => statSync(files[name]).isFile());
      expect(Object.keys(receipt.hashes)).toEqual(expect.arrayContaining(["db_path", ...hashed.filter(isNoReceipt)]));
      expect(Object.values(files as Record<string, string>).every((file) => existsSync(file))).toBe(true);
    },
  );

  it.each([
    ["--allow-github-side-effects", { allow_github_side_effects: false }],
    ["--github-repo", { allowed_github_repos: [] }],
    ["--github-repo", { github_repo: "me/other" }],
    ["--branch-prefix dogfood/", { branch_prefix: "feature/" }],
    ["--max-prs 1", { max_prs: 2 }],
    ["--max-iterations", { max_iterations: 3 }],
    ["--max-runtime-minutes", { max_runtime_minutes: 61 }],
  ])("a live run is refused without the right %s", async (needed, wrong) => {
    const receipt_output = place();
    await expect(ask({ ...LIVE, ...wrong, receipt_output })).rejects.toThrow(needed);
    expect(existsSync(receipt_output)).toBe(false);
  });

  it("leaves a ledger that was named, and tells apart two runs on it", async () => {
    const ledger = join(world.root, "named/workerctl.db");
    const first = place();
    await ask({ scenario: "build-clear-loop", receipt_output: first, ledger, dispatcher_id: "qa-own" });
    const second = place();
    await ask({ scenario: "build-clear-loop", receipt_output: second, ledger });
    expect(existsSync(ledger)).toBe(true);
    expect(read(first).dispatcher_id).toBe("qa-own");
    expect(read(second).generated_tasks[0].task_name).not.toBe(read(first).generated_tasks[0].task_name);
  });

  it("is refused where somebody else's request waits, which it leaves alone", async () => {
    const { task } = await world.pair();
    const call = operations.dispatch.enqueueNudgeWorker.input.parse({
      task: task.id,
      message: "mine",
      correlation_id: "own",
    });
    await enqueueNudgeWorker(world.ctx, call);
    const receipt_output = place();
    const { ledger_path: ledger } = world.ctx.settings;
    await expect(ask({ scenario: "ship-it-loop", receipt_output, ledger })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("own:pending"),
    });
    const state = await world.store.read((tx) => tx.db.commands.findFirst({ where: { correlation_id: "own" } }));
    expect([existsSync(receipt_output), state?.state]).toEqual([false, "pending"]);
  });

  it("writes a receipt of what failed too, and keeps the ledger to look at", async () => {
    const scene: NamedScenario = {
      ...{ name: "build-clear-loop", about: "a scenario that expects too much" },
      async play(stage) {
        stage.checks.note("one_is_one", {}, [expecting("one", 1, 1)]);
        const task = await stage.boundTask("hopeful", { template: "build_then_clear" });
        await stage.delivered("delivers_without_evidence", task, "hope");
        return { replay_commands: [] };
      },
    };
    const receipt_path = place();
    const asked = operations.qa.run.input.parse({ receipt_output: receipt_path });
    const played = await play(world.ctx, scene, { ...asked, receipt_path });
    expect(played).toMatchObject({ result: "failed", reason: expect.stringContaining("delivers_without_evidence") });
    const receipt = read(receipt_path);
    expect(receipt).toMatchObject({
      result: "failed",
      failure: played.reason,
      checks: [
        { name: "one_is_one", status: "passed" },
        { status: "failed", invariant: "dispatch.state", expected: "pull_required", actual: "blocked" },
      ],
    });
    expect(existsSync(receipt.artifacts.db_path)).toBe(true);
    rmSync(dirname(receipt.artifacts.db_path), { recursive: true });
  });

  it.each([
    ["a receipt that is a folder", () => ({ receipt_output: world.root }), /--receipt-output .* it is a folder/],
    [
      "a receipt that is a link",
      () => ({ receipt_output: join(world.root, "link") }),
      /--receipt-output .* it is a link/,
    ],
    ["a place for JUnit that is a folder", () => ({ receipt_output: place(), junit: world.root }), /--junit/],
    [
      "all receipts in one file",
      () => ({ scenario: "all", receipt_output: join(world.root, "file") }),
      /--receipt-output/,
    ],
    ["flags of another scenario", () => ({ receipt_output: place(), max_prs: 1 }), /--max-prs belongs to/],
  ] as const)("refuses %s before it begins", async (_, call, told) => {
    if (!existsSync(join(world.root, "file"))) {
      const file = place();
      mkdirSync(join(world.root, "receipts"), { recursive: true });
      symlinkSync(file, join(world.root, "link"));
      writeFileSync(join(world.root, "file"), "");
    }
    const before = readdirSync(join(world.root, "receipts")).length;
    await expect(ask(call() as Call<"qa.run">)).rejects.toThrow(told);
    expect(readdirSync(join(world.root, "receipts"))).toHaveLength(before);
  });
});

it("a report in the form of JUnit counts what passed, failed and was skipped, and holds any text", () => {
  const suite = { duration_ms: 1234, reason: null, checks: [] };
  const passed = { name: "a<b>", status: "passed" } as const;
  const failed = { name: "c", status: "failed", invariant: 'x "is" \u0000 & \ud800' } as const;
  const text = junitReport([
    { ...suite, scenario: "ship-it-loop", result: "failed", reason: "c: no", checks: [passed, failed] },
    { ...suite, scenario: "push-delivery", result: "skipped", reason: "tmux is missing" },
    { ...suite, scenario: "build-clear-loop", result: "failed", reason: "it ended with an error: disk" },
  ]);
  expect(text).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="conveyor qa-run" tests="4" failures="2" skipped="1" errors="0" time="3\.702">/,
  );
  expect(text).toContain('<testcase classname="qa-run.ship-it-loop" name="a&lt;b&gt;"/>');
  expect(text).toContain('<failure message="x &quot;is&quot; ? &amp; \ufffd"/>');
  expect(text).toContain('<skipped message="tmux is missing"/>');
  expect(text).toContain('<failure message="it ended with an error: disk"/>');
});
