import { mutation, query, router, subscription } from "./trpc.ts";

export const dispatchRouter = router({
  run: mutation("dispatch.run", () => import("@conveyor/core/dispatch/run")),
  watch: mutation("dispatch.watch", () => import("@conveyor/core/dispatch/watch")),
  enqueueNotifyManager: mutation(
    "dispatch.enqueueNotifyManager",
    () => import("@conveyor/core/dispatch/enqueue-message"),
  ),
  enqueueNudgeWorker: mutation("dispatch.enqueueNudgeWorker", () => import("@conveyor/core/dispatch/enqueue-message")),
  enqueueContinueIteration: mutation(
    "dispatch.enqueueContinueIteration",
    () => import("@conveyor/core/dispatch/enqueue-continue-iteration"),
  ),
  commands: query("dispatch.commands", () => import("@conveyor/core/dispatch/commands")),
  showCommand: query("dispatch.showCommand", () => import("@conveyor/core/dispatch/show-command")),
  retryCommand: mutation("dispatch.retryCommand", () => import("@conveyor/core/dispatch/retry-command")),
  cancelCommand: mutation("dispatch.cancelCommand", () => import("@conveyor/core/dispatch/cancel-command")),
  deadCommands: query("dispatch.deadCommands", () => import("@conveyor/core/dispatch/dead-commands")),
  onHeartbeat: subscription("dispatch.onHeartbeat", () => import("@conveyor/core/dispatch/on-heartbeat")),
  stopDispatcher: mutation("dispatch.stopDispatcher", () => import("@conveyor/core/dispatch/stop-dispatcher")),
  overview: query("dispatch.overview", () => import("@conveyor/core/dispatch/overview")),
  showMessage: mutation("dispatch.showMessage", () => import("@conveyor/core/dispatch/show-message")),
});
