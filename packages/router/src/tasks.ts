import { operations } from "@conveyor/contracts";
import { tasks } from "@conveyor/core";
import { mutation, query, router, subscription } from "./trpc.ts";

export const tasksRouter = router({
  list: query(operations.tasks.list, tasks.listTasks),
  onChange: subscription(operations.tasks.onChange, tasks.watchTasks),
  create: mutation(operations.tasks.create, tasks.createTask),
  finish: mutation(operations.tasks.finish, tasks.finishTask),
  stop: mutation(operations.tasks.stop, tasks.stopTask),
});
