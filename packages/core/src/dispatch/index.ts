import type { DispatchDocument, InputOf, operations } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { ingestSession } from "../observation/index.ts";
import { type LoopOptions, type PassInput, runDispatch, runWatch, startLoop } from "./run.ts";
import type { Ingest } from "./work.ts";

export { cancelCommand } from "./cancel-command.ts";
export { deadCommands } from "./dead-commands.ts";
export { dispatcherOf } from "./dispatcher-state.ts";
export { enqueueContinueIteration } from "./enqueue-continuation.ts";
export { enqueueNotifyManager, enqueueNudgeWorker } from "./enqueue-message.ts";
export { followDispatchers } from "./follow-dispatchers.ts";
export { listCommands } from "./list-commands.ts";
export { countsAsRunning, dispatcherAgeSeconds, freshDispatcher, reuseSeconds } from "./liveness.ts";
export { overview } from "./overview.ts";
export { checkPermission } from "./permission-gate.ts";
export { retryCommand } from "./retry-command.ts";
export type { LoopOptions, PassInput } from "./run.ts";
export { showCommand } from "./show-command.ts";
export { showMessage } from "./show-message.ts";
export { stopDispatcher } from "./stop-dispatcher.ts";

type Dispatch = (typeof operations)["dispatch"];

/** How a pass gets new rollout records into the ledger. */
const ingestOf =
  (ctx: Ctx): Ingest =>
  (session_id) =>
    ingestSession(ctx, session_id, { telemetry: "when_new" });

/** `dispatch`: one pass (spec 03 §7.1). */
export function run(ctx: Ctx, input: PassInput): Promise<DispatchDocument> {
  return runDispatch(ctx, input, ingestOf(ctx));
}

/**
 * `dispatch --watch`: passes until bounded or interrupted, each result told as progress when it happens. Throws
 * `conflicting_flags`.
 */
export function watch(ctx: Ctx, input: InputOf<Dispatch["watch"]>): Promise<DispatchDocument> {
  return runWatch(ctx, input, ingestOf(ctx), ctx.onProgress);
}

/** Dispatch in the background of a server until `stop`, which finishes the item at hand and leaves the registry. */
export function startDispatchLoop(ctx: Ctx, options: LoopOptions): { stop(): Promise<void> } {
  return startLoop(ctx, options, ingestOf(ctx));
}
