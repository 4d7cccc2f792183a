export * from "./common.ts";
export * from "./errors.ts";
export * from "./operation.ts";
export * from "./registry.ts";
export { OPEN_TASK_STATES, type Task, type TaskListItem, type TaskState } from "./tasks.ts";
