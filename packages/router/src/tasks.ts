import { operations } from "@conveyor/contracts";
import { tasks } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const tasksRouter = router({
  list: query(operations.tasks.list, tasks.listTasks),
  create: mutation(operations.tasks.create, tasks.createTask),
});
