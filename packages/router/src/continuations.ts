import { mutation, query, router } from "./trpc.ts";

export const continuationsRouter = router({
  submit: mutation("continuations.submit", () => import("@conveyor/core/continuations/submit")),
  review: mutation("continuations.review", () => import("@conveyor/core/continuations/review")),
  runReviewer: mutation("continuations.runReviewer", () => import("@conveyor/core/continuations/reviewer")),
  planReview: query("continuations.planReview", () => import("@conveyor/core/continuations/reviewer")),
  list: mutation("continuations.list", () => import("@conveyor/core/continuations/list")),
});
