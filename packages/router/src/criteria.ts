import * as criteriaOperations from "@conveyor/contracts/criteria";
import * as criteria from "@conveyor/core/criteria";
import { mutation, query, router } from "./trpc.ts";

export const criteriaRouter = router({
  list: query(criteriaOperations.list, criteria.listCriteria),
  add: mutation(criteriaOperations.add, criteria.addCriterion),
  accept: mutation(criteriaOperations.accept, criteria.acceptCriterion),
  satisfy: mutation(criteriaOperations.satisfy, criteria.satisfyCriterion),
  defer: mutation(criteriaOperations.defer, criteria.deferCriterion),
  reject: mutation(criteriaOperations.reject, criteria.rejectCriterion),
});
