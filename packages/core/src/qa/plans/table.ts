import type { QaPlanName } from "@conveyor/contracts";
import { GOALBUDDY_CONVEYOR, SETUP_BUNDLE_DOGFOOD } from "./delivery.ts";
import type { PlanText } from "./form.ts";
import { ADVERSARIAL_TRIGGERS, RALPH_LOOP, SHIP_IT_LOOP } from "./loops.ts";
import { DISPATCH_COMPLETION, EMERGENT_CRITERIA, SELF_MANAGEMENT, TMUX_ERRORS } from "./working.ts";

/** Every plan under its name (spec 05 §5.10). */
const PLANS: Readonly<Record<QaPlanName, PlanText>> = {
  "adversarial-triggers": ADVERSARIAL_TRIGGERS,
  "dispatch-completion": DISPATCH_COMPLETION,
  "emergent-criteria": EMERGENT_CRITERIA,
  "goalbuddy-conveyor": GOALBUDDY_CONVEYOR,
  "ralph-loop": RALPH_LOOP,
  "self-management": SELF_MANAGEMENT,
  "setup-bundle-dogfood": SETUP_BUNDLE_DOGFOOD,
  "ship-it-loop": SHIP_IT_LOOP,
  "tmux-errors": TMUX_ERRORS,
};

/** What the plan of this name says. */
export function qaPlanOf(name: QaPlanName): PlanText {
  return PLANS[name];
}
