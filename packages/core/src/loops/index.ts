export { activeRunOf, insertRun, type NewRun, runOf } from "./insert-run.ts";
export { isSha256, type PolicyWish, planLoopPolicy, policyRunName } from "./plan-policy.ts";
export {
  ADVERSARIAL_CHECK,
  type ArtifactRequirement,
  LOOP_TEMPLATE_TABLE,
  type LoopTemplate,
  loopTemplate,
} from "./templates.ts";
