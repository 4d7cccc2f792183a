import { mutation, query, router } from "./trpc.ts";

export const checksRouter = router({
  add: mutation("checks.add", () => import("@conveyor/core/checks/add")),
  edit: mutation("checks.edit", () => import("@conveyor/core/checks/edit")),
  accept: mutation("checks.accept", () => import("@conveyor/core/checks/accept")),
  remove: mutation("checks.remove", () => import("@conveyor/core/checks/remove")),
  review: mutation("checks.review", () => import("@conveyor/core/checks/review")),
  answer: mutation("checks.answer", () => import("@conveyor/core/checks/answer")),
  cancel: mutation("checks.cancel", () => import("@conveyor/core/checks/cancel")),
  list: query("checks.list", () => import("@conveyor/core/checks/list")),
  show: query("checks.show", () => import("@conveyor/core/checks/show")),
  runs: query("checks.runs", () => import("@conveyor/core/checks/runs")),
  suggest: query("checks.suggest", () => import("@conveyor/core/checks/suggest")),
});
