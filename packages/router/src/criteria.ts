import { operations } from "@conveyor/contracts";
import { criteria } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const criteriaRouter = router({
  list: query(operations.criteria.list, criteria.listCriteria),
  add: mutation(operations.criteria.add, criteria.addCriterion),
  accept: mutation(operations.criteria.accept, criteria.acceptCriterion),
  satisfy: mutation(operations.criteria.satisfy, criteria.satisfyCriterion),
  defer: mutation(operations.criteria.defer, criteria.deferCriterion),
  reject: mutation(operations.criteria.reject, criteria.rejectCriterion),
});
