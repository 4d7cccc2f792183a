import { mutation, query, router } from "./trpc.ts";

export const qaRouter = router({
  plan: query("qa.plan", () => import("@conveyor/core/qa/plan")),
  listPlans: query("qa.listPlans", () => import("@conveyor/core/qa/plan")),
  run: mutation("qa.run", () => import("@conveyor/core/qa/run")),
  listScenarios: query("qa.listScenarios", () => import("@conveyor/core/qa/run")),
  screenshot: mutation("qa.screenshot", () => import("@conveyor/core/qa/screenshot")),
  visualDiff: mutation("qa.visualDiff", () => import("@conveyor/core/qa/visual-diff")),
});
