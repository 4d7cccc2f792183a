import type { QaScenarioName } from "@conveyor/contracts";
import { ADVERSARIAL_TRIGGERS_RUN } from "./adversarial-triggers.ts";
import { CONCURRENT_DISPATCHERS, CONTINUATION_ORDER } from "./dispatching.ts";
import { RALPH_LOOP_GUARDRAILS } from "./ralph-loop-guardrails.ts";
import type { Scenario } from "./scenario.ts";
import { SHIP_IT_LOOP_RUN } from "./ship-it.ts";
import { BUILD_CLEAR_LOOP, TEST_COVERAGE_LOOP } from "./template-loops.ts";
import { unavailable } from "./unavailable.ts";
import { GENERIC_LOOP_TEMPLATE, GENERIC_LOOP_TEMPLATE_BROWSER } from "./visual-loop.ts";

const NO_BUNDLES = "set-up bundles";

/** Every scenario under its name (spec 05 §5.11). */
export const SCENARIOS: Readonly<Record<QaScenarioName, Scenario>> = {
  "adversarial-triggers": ADVERSARIAL_TRIGGERS_RUN,
  "build-clear-loop": BUILD_CLEAR_LOOP,
  "generic-loop-template": GENERIC_LOOP_TEMPLATE,
  "generic-loop-template-browser": GENERIC_LOOP_TEMPLATE_BROWSER,
  "ralph-loop-guardrails": RALPH_LOOP_GUARDRAILS,
  "setup-bundle-dogfood": unavailable("a set-up bundle grants what was approved, and nothing else", NO_BUNDLES),
  "setup-bundle-live-sandbox": unavailable("a live run has all its limits before it begins", NO_BUNDLES),
  "ship-it-loop": SHIP_IT_LOOP_RUN,
  "test-coverage-loop": TEST_COVERAGE_LOOP,
  "concurrent-dispatchers": CONCURRENT_DISPATCHERS,
  "continuation-order": CONTINUATION_ORDER,
  "push-delivery": unavailable("a message is typed into a worker's terminal", "worker for it"),
};
