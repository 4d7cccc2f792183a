import { loopReplay } from "./replay.ts";
import { readReviewHelper } from "./review-helper.ts";
import type { Scenario } from "./scenario.ts";

const SEED = "qa-run-seed";
const PRESET = "pr_ci_merge_loop";

/** `ralph-loop-guardrails` (spec 05 §5.11): limit, missing evidence, and a ready-made template. */
export const RALPH_LOOP_GUARDRAILS: Scenario = {
  about: "a loop stops at its limit and waits for its evidence before anything reaches the worker",
  async play(stage) {
    const limited = await stage.boundTask("max-iteration", { max_iterations: 1, seed: SEED });
    await stage.blocked("max_iteration_blocks_before_worker_delivery", limited, {
      correlation_id: "qa-run-max-block",
      reason: "max_iterations_reached",
      missing: [],
    });

    const required = ["ci_green", "adversarial_check"];
    const proving = await stage.boundTask("missing-evidence", { max_iterations: 3, required, seed: SEED });
    await stage.blocked("missing_evidence_blocks_before_worker_delivery", proving, {
      correlation_id: "qa-run-missing-evidence",
      reason: "missing_required_evidence",
      missing: required,
    });
    const ci = {
      status: "green",
      correlation_id: "qa-run-ci-green",
      metadata: { command: "npm test", result: "green" },
    };
    await stage.evidence(proving, "ci_green", ci);
    await stage.adversarial(proving, "qa-run-adversarial-proof");
    await stage.delivered("fresh_retry_delivers_after_structured_evidence", proving, "qa-run-evidence-allowed");

    const preset = await stage.boundTask("preset", { template: PRESET, max_iterations: 3, seed: SEED });
    await stage.blocked("preset_requires_pr_ci_merge_and_adversarial_evidence", preset, {
      correlation_id: "qa-run-preset-missing",
      reason: "missing_required_evidence",
      missing: ["pr_url", "ci_green", "merge", "adversarial_check"],
    });
    for (const [type, metadata] of [
      ["pr_url", { url: "https://example.invalid/pull/1" }],
      ["ci_green", { command: "npm test", result: "green" }],
      ["merge", { merge_sha: "0".repeat(40) }],
    ] as const) {
      await stage.evidence(preset, type, { correlation_id: `qa-run-preset-${type}`, metadata });
    }
    await stage.adversarial(preset, "qa-run-preset-adversarial");
    await stage.delivered("preset_retry_delivers_after_all_required_evidence", preset, "qa-run-preset-allowed");

    return {
      replay_commands: loopReplay(stage.ctx.settings, { template: PRESET, max_iterations: 3 }),
      facts: { template: PRESET, adversarial_review_gate: await readReviewHelper(stage) },
    };
  },
};
