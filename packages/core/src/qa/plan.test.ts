import { QA_PLANS } from "@conveyor/contracts";
import { afterAll, describe, expect, it } from "vitest";
import { createWorld } from "../testing/world.ts";
import { listPlans, plan } from "./plan.ts";

const world = createWorld();
afterAll(() => world.close());

/** Correlation markers that the plans promise (spec 05 §5.10); runs of the same scenarios use them. */
const MARKERS: Readonly<Record<string, readonly string[]>> = {
  "ralph-loop": [
    ...["ralph-iter-1-pr", "ralph-iter-1-ci-fix", "ralph-iter-1-clear", "ralph-iter-2-replay"],
    ...["ralph-loop-ci-adversarial", "ralph-loop-preset-missing", "ralph-loop-preset-adversarial"],
    ...["ralph-loop-preset-allowed", "ralph-iter-1-ci", "ralph-iter-1-merge", "ralph-loop-max-block"],
    ...["ralph-loop-missing-ci", "ralph-loop-ci-allowed"],
  ],
  "ship-it-loop": [
    ...["ship-it-push-permission", "ship-it-open-pr-permission", "ship-it-merge-permission"],
    ...["ship-it-missing-evidence", "ship-it-conflict-block", "ship-it-allowed-closeout"],
  ],
  "setup-bundle-dogfood": [
    ...["setup-bundle-dogfood-preview-readonly", "setup-bundle-dogfood-missing-backend"],
    ...["setup-bundle-dogfood-applied-readback", "setup-bundle-dogfood-no-launch"],
  ],
  "adversarial-triggers": [
    ...["nl-loop-gate-policy", "nl-iteration-gate-missing-proof", "nl-iteration-gate-adversarial-proof"],
    ...["nl-iteration-gate-allowed", "nl-finish-gate-proof", "nl-worker-directed-proof"],
    "nl-manager-criteria-negative-checks",
  ],
  "goalbuddy-conveyor": [
    ...["conveyor-parent-board", "conveyor-child-activation", "conveyor-pr-ci-merge", "conveyor-satisfied-on-main"],
    "conveyor-adversarial-review",
  ],
};

/** Plans that leave a task behind, and end with the two steps that clean up after it. */
const CLEANED_UP = [
  "self-management",
  "emergent-criteria",
  "tmux-errors",
  "dispatch-completion",
  "adversarial-triggers",
];

describe.each(QA_PLANS)("the plan %s", (scenario) => {
  it("has steps, says what must be seen, and uses the promised markers", async () => {
    const { steps, expected_observations, correlation_markers = [] } = await plan(world.ctx, { scenario });
    expect(steps.length).toBeGreaterThan(5);
    expect(expected_observations.length).toBeGreaterThan(3);
    const promised = MARKERS[scenario] ?? [];
    expect(correlation_markers.map(({ correlation_id }) => correlation_id).sort()).toEqual([...promised].sort());
    const purposes = correlation_markers.map(({ purpose }) => purpose);
    expect(new Set(purposes).size).toBe(purposes.length);
  });

  it("ends with the clean-up exactly where it leaves a task behind", async () => {
    const { steps } = await plan(world.ctx, { scenario });
    const [evidence = "", nothingLeft = ""] = steps.slice(-2);
    const cleansUp =
      /conveyor audit .*conveyor replay/.test(evidence) && nothingLeft.includes("--stale-cycles-seconds 1");
    expect(cleansUp).toBe(CLEANED_UP.includes(scenario));
  });
});

it("lists every plan with what it is about", async () => {
  const { plans } = await listPlans(world.ctx, {});
  expect(plans.map(({ scenario }) => scenario)).toEqual([...QA_PLANS]);
  expect(plans.every(({ about, steps }) => about.length > 10 && steps > 5)).toBe(true);
});

it("asks for the nine kinds of evidence of a delivery, each with what it must hold", async () => {
  const { evidence_template } = await plan(world.ctx, { scenario: "ship-it-loop" });
  expect(Object.keys(evidence_template ?? {})).toEqual([
    ...["branch_ready", "branch_pushed", "pr_url", "ci_green", "mergeability_clean", "manager_merge_decision"],
    ...["merge", "post_merge_verification", "adversarial_check"],
  ]);
});
