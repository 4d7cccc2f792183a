export { createTask } from "./create-task.ts";
export { listTasks } from "./list-tasks.ts";
