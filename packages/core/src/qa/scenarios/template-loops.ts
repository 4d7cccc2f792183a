import { type LoopTemplate, loopTemplate } from "../../loops/templates.ts";
import type { Stage } from "../stage/stage.ts";
import { loopReplay } from "./replay.ts";
import type { Scenario, ScenarioProof } from "./scenario.ts";

/** What a receipt tells of the template that a scenario is about. */
export function templateFacts(template: LoopTemplate): Record<string, unknown> {
  return { template: template.name, template_metadata: structuredClone(template) };
}

function proven(stage: Stage, template: LoopTemplate, max_iterations: number): ScenarioProof {
  return {
    replay_commands: loopReplay(stage.ctx.settings, { template: template.name, max_iterations }),
    facts: templateFacts(template),
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `test-coverage-loop` (spec 05 §5.11). */
export const TEST_COVERAGE_LOOP: Scenario = {
  about: "another pass at tests waits for a coverage report and a proof that says something",
  async play(stage) {
    const template = loopTemplate("test_coverage_loop");
    const wish = { template: template.name, max_iterations: 3, seed: "qa-run-test-coverage-seed" };
    const task = await stage.boundTask("test-coverage-loop", wish);
    await stage.blocked("test_coverage_template_blocks_before_coverage_evidence", task, {
      correlation_id: "qa-run-test-coverage-missing",
      reason: "missing_required_evidence",
      missing: ["test_coverage", "adversarial_check"],
    });
    const report = { command: "npm run test:coverage", coverage_percent: 87.5, status: "pass" };
    const artifact_path = stage.artifact("coverage_report", "coverage-report.json", json(report));
    const { command, coverage_percent } = report;
    const metadata = { command, coverage_percent };
    await stage.evidence(task, "test_coverage", {
      artifact_path,
      metadata,
      correlation_id: "qa-run-test-coverage-report",
    });
    await stage.malformedProof(task);
    await stage.blocked("test_coverage_unstructured_adversarial_check_still_blocks", task, {
      correlation_id: "qa-run-test-coverage-unstructured-adversarial",
      reason: "missing_adversarial_check_evidence",
      missing: ["adversarial_check"],
    });
    await stage.adversarial(task, "qa-run-test-coverage-structured-adversarial");
    await stage.delivered("structured_test_coverage_retry_delivers", task, "qa-run-test-coverage-structured-allowed");
    return proven(stage, template, 3);
  },
};

/** `build-clear-loop` (spec 05 §5.11). */
export const BUILD_CLEAR_LOOP: Scenario = {
  about: "the next iteration waits for a build that passed and for the clean-up after it",
  async play(stage) {
    const template = loopTemplate("build_then_clear");
    const wish = { template: template.name, max_iterations: 2, seed: "qa-run-build-clear-seed" };
    const task = await stage.boundTask("build-clear-loop", wish);
    await stage.blocked("build_clear_blocks_before_build_or_cleanup_evidence", task, {
      correlation_id: "qa-run-build-clear-missing",
      reason: "missing_required_evidence",
      missing: ["build_passed", "cleanup"],
    });
    const built = { command: "npm run build", exit_code: 0 };
    await stage.evidence(task, "build_passed", {
      artifact_path: stage.artifact("build_receipt", "build-receipt.json", json(built)),
      metadata: built,
      correlation_id: "qa-run-build-clear-build-passed",
    });
    await stage.blocked("build_clear_still_blocks_before_cleanup_evidence", task, {
      correlation_id: "qa-run-build-clear-build-only",
      reason: "missing_cleanup_evidence",
      missing: ["cleanup"],
    });
    const cleaned = { action: "clear", command: "/clear" };
    await stage.evidence(task, "cleanup", {
      artifact_path: stage.artifact("cleanup_receipt", "cleanup-receipt.json", json(cleaned)),
      metadata: cleaned,
      correlation_id: "qa-run-build-clear-cleanup",
    });
    await stage.delivered(
      "build_clear_retry_delivers_after_build_and_cleanup_evidence",
      task,
      "qa-run-build-clear-allowed",
    );
    return proven(stage, template, 2);
  },
};
