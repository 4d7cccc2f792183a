export { createTask } from "./create-task.ts";
export { finishTask } from "./finish/finish-task.ts";
export { listTasks } from "./list-tasks.ts";
export { watchTasks } from "./watch-tasks.ts";
