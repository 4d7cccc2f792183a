import * as dispatchOperations from "@conveyor/contracts/dispatch";
import * as dispatch from "@conveyor/core/dispatch";
import { mutation, query, router } from "./trpc.ts";

export const dispatchRouter = router({
  run: mutation(dispatchOperations.run, dispatch.run),
  watch: mutation(dispatchOperations.watch, (ctx, input) => dispatch.watch(ctx, input)),
  enqueueNotifyManager: mutation(dispatchOperations.enqueueNotifyManager, dispatch.enqueueNotifyManager),
  enqueueNudgeWorker: mutation(dispatchOperations.enqueueNudgeWorker, dispatch.enqueueNudgeWorker),
  commands: query(dispatchOperations.commands, dispatch.listCommands),
});
