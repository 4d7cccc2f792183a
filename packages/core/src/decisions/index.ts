export { decisionOf } from "./decision.ts";
export { insertDecision, type NewDecision, recordDecision } from "./record-decision.ts";
export {
  checkDecision,
  DECISION_MAX_AGE_SECONDS,
  type DecisionRequirement,
  validateDecision,
} from "./validate-decision.ts";
