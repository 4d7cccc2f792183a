import { mutation, query, router, subscription } from "./trpc.ts";

export const tasksRouter = router({
  list: query("tasks.list", () => import("@conveyor/core/tasks/list")),
  onChange: subscription("tasks.onChange", () => import("@conveyor/core/tasks/on-change")),
  create: mutation("tasks.create", () => import("@conveyor/core/tasks/create")),
  finish: mutation("tasks.finish", () => import("@conveyor/core/tasks/finish")),
  checkFinish: query("tasks.checkFinish", () => import("@conveyor/core/tasks/check-finish")),
  stop: mutation("tasks.stop", () => import("@conveyor/core/tasks/stop")),
});
