import { mutation, query, router } from "./trpc.ts";

export const qaRouter = router({
  plan: query("qa.plan", () => import("@conveyor/core/qa/plan")),
  listPlans: query("qa.listPlans", () => import("@conveyor/core/qa/plan")),
  visualDiff: mutation("qa.visualDiff", () => import("@conveyor/core/qa/visual-diff")),
});
