import * as commandOperations from "@conveyor/contracts/commands";
import * as dispatchOperations from "@conveyor/contracts/dispatch";
import * as dispatchersOperations from "@conveyor/contracts/dispatchers";
import * as enqueueOperations from "@conveyor/contracts/enqueue";
import * as overviewOperations from "@conveyor/contracts/overview";
import * as dispatch from "@conveyor/core/dispatch";
import { mutation, query, router, subscription } from "./trpc.ts";

export const dispatchRouter = router({
  run: mutation(dispatchOperations.run, dispatch.run),
  watch: mutation(dispatchOperations.watch, dispatch.watch),
  enqueueNotifyManager: mutation(enqueueOperations.enqueueNotifyManager, dispatch.enqueueNotifyManager),
  enqueueNudgeWorker: mutation(enqueueOperations.enqueueNudgeWorker, dispatch.enqueueNudgeWorker),
  enqueueContinueIteration: mutation(enqueueOperations.enqueueContinueIteration, dispatch.enqueueContinueIteration),
  commands: query(commandOperations.list, dispatch.listCommands),
  showCommand: query(commandOperations.show, dispatch.showCommand),
  retryCommand: mutation(commandOperations.retry, dispatch.retryCommand),
  cancelCommand: mutation(commandOperations.cancel, dispatch.cancelCommand),
  deadCommands: query(commandOperations.dead, dispatch.deadCommands),
  onHeartbeat: subscription(dispatchersOperations.onHeartbeat, dispatch.followDispatchers),
  stopDispatcher: mutation(dispatchersOperations.stopDispatcher, dispatch.stopDispatcher),
  overview: query(overviewOperations.overview, dispatch.overview),
  showMessage: mutation(overviewOperations.showMessage, dispatch.showMessage),
});
