import type { DispatchDocument, InputOf, operations } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { ingestSession } from "../observation/index.ts";
import type { Ingest } from "./pass/terms.ts";
import { type LoopOptions, type PassInput, runDispatch, runWatch, startLoop } from "./watch/run.ts";

export { checkPermission } from "./delivery/permission-gate.ts";
export { cancelCommand } from "./log/cancel-command.ts";
export { deadCommands } from "./log/dead-commands.ts";
export { listCommands } from "./log/list-commands.ts";
export { retryCommand } from "./log/retry-command.ts";
export { showCommand } from "./log/show-command.ts";
export { enqueueContinueIteration } from "./queue/enqueue-continuation.ts";
export { enqueueNotifyManager, enqueueNudgeWorker } from "./queue/enqueue-message.ts";
export { dispatcherOf } from "./status/dispatcher-state.ts";
export { followDispatchers } from "./status/follow-dispatchers.ts";
export { overview } from "./status/overview.ts";
export { showMessage } from "./status/show-message.ts";
export { stopDispatcher } from "./status/stop-dispatcher.ts";
export { countsAsRunning, dispatcherAgeSeconds, freshDispatcher, reuseSeconds } from "./watch/liveness.ts";
export type { LoopOptions, PassInput } from "./watch/run.ts";

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
