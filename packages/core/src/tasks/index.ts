export { createTask, insertTask } from "./create-task.ts";
export { finishTask } from "./finish-task.ts";
export { listTasks } from "./list-tasks.ts";
export { stopTask } from "./stop-task.ts";
export { watchTasks } from "./watch-tasks.ts";
