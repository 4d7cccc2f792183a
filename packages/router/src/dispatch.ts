import { operations } from "@conveyor/contracts";
import { dispatch } from "@conveyor/core";
import { mutation, query, router } from "./trpc.ts";

export const dispatchRouter = router({
  run: mutation(operations.dispatch.run, dispatch.run),
  watch: mutation(operations.dispatch.watch, (ctx, input) => dispatch.watch(ctx, input)),
  enqueueNotifyManager: mutation(operations.dispatch.enqueueNotifyManager, dispatch.enqueueNotifyManager),
  enqueueNudgeWorker: mutation(operations.dispatch.enqueueNudgeWorker, dispatch.enqueueNudgeWorker),
  commands: query(operations.dispatch.commands, dispatch.listCommands),
});
