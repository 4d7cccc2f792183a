import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

inEveryMode("ready-made loops are listed, made, recorded for and closed", async (world) => {
  const { templates } = await world.ask<"loops.listTemplates">("loop-templates", "--list");
  const { presets } = await world.ask<"loops.listPresets">("ralph-loop-presets", "--list");
  expect(presets).toEqual(templates);
  const shown = await world.ask<"loops.showTemplate">("loop-templates", "--show", "build_then_clear");
  expect(await world.ask<"loops.showPreset">("ralph-loop-presets", "--show", "build_then_clear")).toEqual(shown);
  expect(templates).toContainEqual(shown);

  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse");
  const make = ["loop-templates", "--create-run", "parser", "--template", "build_then_clear", "--name", "nightly"];
  const run = await world.ask<"loops.createFromTemplate">(...make);
  expect(run).toMatchObject({ created: true, metadata: { current_iteration: 0 }, loop_state: "open" });
  expect(await world.ask<"loops.createFromTemplate">(...make)).toMatchObject({ id: run.id, created: false });
  const mixed = await world.refused(...make, "--preset", "build_then_clear");
  expect([mixed.code, mixed.error.code]).toEqual([2, "usage"]);
  const half = await world.refused("loop-templates", "--create-run", "parser");
  expect([half.code, half.error.message]).toEqual([2, expect.stringContaining("--template")]);
  const listing = await world.refused("loop-templates", "--list", "--name", "x");
  expect(listing.error).toMatchObject({ code: "usage", message: expect.stringContaining("--name") });
  const preset = [
    "ralph-loop-presets",
    "--create-run",
    "parser",
    "--preset",
    "ship_it_loop",
    "--name",
    "ship",
    "--max-iterations",
    "3",
  ];
  expect(await world.ask<"loops.createFromPreset">(...preset)).toMatchObject({ metadata: { max_iterations: 3 } });

  writeFileSync(join(world.project, "build.log"), "all green");
  const of = ["parser", "--loop-run", "nightly"];
  const log = ["--artifact-path", "build.log"];
  const built = await world.ask<"loops.buildPassed">("loop-evidence", "build-passed", ...of, ...log);
  expect(built.evidence).toMatchObject({ artifact_path: "build.log", artifact: { bytes: 9 }, iteration: 1 });
  const same = await world.ask<"loops.buildPassed">("loop-evidence", "build_passed", ...of, "--status", "failed");
  expect(same).toMatchObject({ created: false, criterion: { id: built.criterion.id, status: "rejected" } });
  const other = ["loop-evidence", "add", ...of, "--evidence-type", "cleanup", "--metadata-json", '{"how":"cleared"}'];
  expect((await world.ask<"loops.addEvidence">(...other)).evidence).toMatchObject({ how: "cleared" });
  const proof = ["--failure-mode", "it lies", "--check", "looked at it", "--result", "it does not"];
  const tried = await world.ask<"loops.adversarialCheck">("loop-evidence", "adversarial-check", ...of, ...proof);
  expect(tried.criterion).toMatchObject({ status: "satisfied", proof: "it lies: it does not" });
  const silent = await world.refused("loop-evidence", "adversarial-check", ...of, ...proof.slice(0, 4));
  expect([silent.code, silent.error.message]).toEqual([2, expect.stringContaining("--result")]);
  const foreign = await world.refused("loop-evidence", "adversarial-check", ...of, ...proof, "--metadata-json", "{}");
  expect([foreign.code, foreign.error.code]).toEqual([2, "usage"]);

  const stands = await world.ask<"loops.status">("loop-status", "parser", "--run", "nightly");
  expect(stands).toMatchObject({
    gate: { next_iteration: 1, can_continue: true },
    next_action: { code: "enqueue_next" },
  });
  expect((await world.cli("loop-status", "parser", "--run", "nightly")).stdout).toContain("next: enqueue_next: ");
  const asked = ["loop-gate", "parser", "--run", "nightly", "--requested-iteration", "2"];
  const shut = await world.ask<"loops.gate">(...asked);
  expect(shut).toMatchObject({ can_pass: false, reason: "missing_build_passed_evidence" });
  expect((await world.cli(...asked, "--require")).code).toBe(1);
  expect((await world.cli(...asked, "--for", "finish", "--require")).code).toBe(0);
  const browsed = ["parser", "--run", "nightly", "--history"];
  const listed = await world.ask<"loops.listEvidence">("loop-evidence", "list", ...browsed);
  expect(
    listed.receipts.map(({ evidence_type, standing, versions }) => [evidence_type, standing, versions?.length]),
  ).toEqual([
    ["adversarial_check", "satisfied", 1],
    ["build_passed", "rejected", 2],
    ["cleanup", "satisfied", 1],
  ]);
  const reset = ["loop-evidence", "reset-conflicts", "parser", "--loop-run", "nightly", "--reason", "rebased by hand"];
  expect((await world.ask<"loops.resetConflicts">(...reset)).conflicts).toMatchObject({
    retry_count: 0,
    state: "open",
  });

  const plain = await world.ask<"loops.createRun">("runs", "--create", "parser", "--name", "review");
  expect(plain).toMatchObject({ status: "active", loop_state: null });
  const runs = await world.ask<"loops.listRuns">("runs", "--list", "--task", "parser");
  expect(runs.map(({ loop_state }) => loop_state)).toEqual([null, "open", "open"]);
  const closed = await world.ask<"loops.finishRun">("runs", "--finish", "nightly", "--status", "abandoned");
  expect(await world.ask<"loops.showRun">("runs", "--show", "nightly")).toEqual(closed);
  expect(closed).toMatchObject({ loop_state: "closed", metadata: { closed_status: "abandoned" } });
});

inEveryMode("a loop follows a template of one's own, and its evidence is run instead of told", async (world) => {
  const own = { name: "mine", extends: "build_then_clear", description: "Build, and nothing else.", max_iterations: 5 };
  const rules = { required_before_continue: ["build_passed"], budgets: { no_progress_iterations: 1 } };
  writeFileSync(join(world.project, "mine.json"), JSON.stringify({ ...own, ...rules }));
  expect((await world.ask<"loops.listTemplates">("loop-templates", "--list")).templates).toHaveLength(7);
  const { imported } = await world.ask<"loops.importTemplates">("loop-templates", "--import", "mine.json");
  expect(imported).toMatchObject([{ name: "mine", version: 1, created: true }]);
  expect((await world.ask<"loops.listTemplates">("loop-templates", "--list")).templates).toHaveLength(8);
  const exported = await world.ask<"loops.exportTemplate">("loop-templates", "--export", "mine");
  expect(exported).toMatchObject({ ...rules, max_iterations: 5, cleanup_policy: "clear" });
  const bind = [
    "create-disposable-binding",
    "lexer",
    "--template",
    "mine",
    "--run-name",
    "own",
    "--cwd",
    world.project,
  ];
  const { run } = await world.ask<"bindings.createDisposable">(...bind);
  expect(run?.metadata).toMatchObject({
    template: "mine",
    template_version: 1,
    max_iterations: 5,
    current_iteration: 1,
  });

  const exec = ["lexer", "--loop-run", "own", "--evidence-type", "build_passed"];
  const go = async (iteration: number) => {
    const words = ["lexer", "--loop-run", "own", "--requested-iteration", String(iteration), "--message", "go on"];
    const { delivery } = await world.ask<"dispatch.enqueueContinueIteration">(
      ...["enqueue-continue-iteration", ...words, "--deliver"],
    );
    await world.ask<"inbox.takeWorker">("worker-inbox", "lexer", "--consume-next");
    return delivery?.["reason"];
  };
  const failed = await world.ask<"loops.execEvidence">("loop-evidence", "exec", ...exec, "--", "false");
  expect(failed).toMatchObject({ criterion: { status: "rejected" }, check_run: { exit_code: 1 } });
  expect(await go(2)).toBe("missing_build_passed_evidence");
  const notice = await world.ask<"inbox.takeManager">("manager-inbox", "lexer", "--consume-next");
  expect(notice.consumed).toMatchObject({ signal_type: "continuation_blocked", payload: { requested_iteration: 2 } });
  await world.ask<"loops.execEvidence">("loop-evidence", "exec", ...exec, "--", "true");
  expect(await go(2)).toBeNull();
  await world.ask<"loops.execEvidence">("loop-evidence", "exec", ...exec, "--", "true");
  expect(await go(3)).toBe("no_progress");
  const stopped = await world.ask<"loops.status">("loop-status", "lexer");
  expect(stopped).toMatchObject({ gate: { reason: "no_progress" }, next_action: { code: "close_loop" } });
  const typo = join(world.project, "typo.json");
  writeFileSync(typo, JSON.stringify({ ...own, max_iteration: 5 }));
  const refused = await world.refused("loop-templates", "--import", typo);
  expect([refused.code, refused.error.message]).toEqual([2, expect.stringContaining("did you mean max_iterations?")]);
});

inEveryMode("only the listed phrases arm a gate", async (world) => {
  const { triggers } = await world.ask<"loops.listTriggers">("loop-triggers", "--list");
  expect(triggers).toHaveLength(5);
  expect((await world.cli("loop-triggers")).stdout).toContain("finish-gate-trigger");
  const phrase = "Run this as an adversarially gated Ralph loop.";
  const hit = await world.ask<"loops.classifyPrompt">("loop-triggers", "--classify", phrase);
  expect(hit).toMatchObject({ prompt: phrase, matched: true, matched_trigger: { intent: "create_loop_policy" } });
  const miss = await world.cli("loop-triggers", "--classify", "be careful");
  expect([miss.code, miss.stdout]).toEqual([0, expect.stringContaining("do not create policies")]);
  const piped = await world.begin(["loop-triggers", "--from-stdin", "--json"], { input: `Never ${phrase}` });
  expect(JSON.parse((await piped.done).stdout)).toMatchObject({ matched: false, negated: true });
  const both = await world.refused("loop-triggers", "--list", "--classify", phrase);
  expect([both.code, both.error.code]).toEqual([2, "usage"]);
});
