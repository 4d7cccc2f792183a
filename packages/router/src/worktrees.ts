import { mutation, query, router } from "./trpc.ts";

export const worktreesRouter = router({
  list: query("worktrees.list", () => import("@conveyor/core/worktrees/list")),
  show: query("worktrees.show", () => import("@conveyor/core/worktrees/show")),
  diff: query("worktrees.diff", () => import("@conveyor/core/worktrees/show")),
  remove: mutation("worktrees.remove", () => import("@conveyor/core/worktrees/remove")),
});
