import { mutation, router } from "./trpc.ts";

export const continuationsRouter = router({
  submit: mutation("continuations.submit", () => import("@conveyor/core/continuations/submit")),
  review: mutation("continuations.review", () => import("@conveyor/core/continuations/review")),
  list: mutation("continuations.list", () => import("@conveyor/core/continuations/list")),
});
