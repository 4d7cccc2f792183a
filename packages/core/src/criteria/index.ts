export { addCriterion, insertCriterion, type NewCriterion } from "./add-criterion.ts";
export {
  acceptCriterion,
  type CriterionChange,
  deferCriterion,
  rejectCriterion,
  satisfyCriterion,
  updateCriterion,
} from "./change-criterion.ts";
export { isManagerCloseout } from "./closeout.ts";
export { criteriaOf, criteriaSummary, criterionOf, criterionWarnings, isAdversarialProof } from "./criterion.ts";
export { listCriteria } from "./list-criteria.ts";
