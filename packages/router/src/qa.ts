import { query, router } from "./trpc.ts";

export const qaRouter = router({
  plan: query("qa.plan", () => import("@conveyor/core/qa/plan")),
  listPlans: query("qa.listPlans", () => import("@conveyor/core/qa/plan")),
});
