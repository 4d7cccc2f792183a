import * as tasksOperations from "@conveyor/contracts/tasks";
import * as tasks from "@conveyor/core/tasks";
import { mutation, query, router, subscription } from "./trpc.ts";

export const tasksRouter = router({
  list: query(tasksOperations.list, tasks.listTasks),
  onChange: subscription(tasksOperations.onChange, tasks.watchTasks),
  create: mutation(tasksOperations.create, tasks.createTask),
  finish: mutation(tasksOperations.finish, tasks.finishTask),
  stop: mutation(tasksOperations.stop, tasks.stopTask),
});
