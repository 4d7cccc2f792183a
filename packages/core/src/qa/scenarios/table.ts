import type { QaScenarioName } from "@conveyor/contracts";
import { ADVERSARIAL_TRIGGERS_RUN } from "./adversarial-triggers.ts";
import { CONCURRENT_DISPATCHERS, CONTINUATION_ORDER } from "./dispatching.ts";
import { PUSH_DELIVERY } from "./push-delivery.ts";
import { RALPH_LOOP_GUARDRAILS } from "./ralph-loop-guardrails.ts";
import type { Scenario } from "./scenario.ts";
import { SETUP_BUNDLE_DOGFOOD_RUN } from "./setup-dogfood.ts";
import { SETUP_BUNDLE_LIVE_SANDBOX_RUN } from "./setup-live-sandbox.ts";
import { SHIP_IT_LOOP_RUN } from "./ship-it.ts";
import { BUILD_CLEAR_LOOP, TEST_COVERAGE_LOOP } from "./template-loops.ts";
import { GENERIC_LOOP_TEMPLATE, GENERIC_LOOP_TEMPLATE_BROWSER } from "./visual-loop.ts";

/** Every scenario under its name (spec 05 §5.11). */
export const SCENARIOS: Readonly<Record<QaScenarioName, Scenario>> = {
  "adversarial-triggers": ADVERSARIAL_TRIGGERS_RUN,
  "build-clear-loop": BUILD_CLEAR_LOOP,
  "generic-loop-template": GENERIC_LOOP_TEMPLATE,
  "generic-loop-template-browser": GENERIC_LOOP_TEMPLATE_BROWSER,
  "ralph-loop-guardrails": RALPH_LOOP_GUARDRAILS,
  "setup-bundle-dogfood": SETUP_BUNDLE_DOGFOOD_RUN,
  "setup-bundle-live-sandbox": SETUP_BUNDLE_LIVE_SANDBOX_RUN,
  "ship-it-loop": SHIP_IT_LOOP_RUN,
  "test-coverage-loop": TEST_COVERAGE_LOOP,
  "concurrent-dispatchers": CONCURRENT_DISPATCHERS,
  "continuation-order": CONTINUATION_ORDER,
  "push-delivery": PUSH_DELIVERY,
};
