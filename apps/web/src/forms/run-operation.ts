import { leaveReceipt, type Receipt } from "../act/receipts.ts";
import { connection } from "../live/connection.ts";
import { operationLine } from "./line.ts";
import type { PageInput, PageOperation } from "./page-operation.ts";

/** What ends, closes, stops or removes something for good is confirmed first, whoever asks for it. */
const ENDS: ReadonlySet<string> = new Set([
  "autonomy.stopAutopilot",
  "bindings.unbind",
  "campaigns.archiveSlot",
  "campaigns.close",
  "campaigns.rotateSlot",
  "checks.remove",
  "config.unset",
  "criteria.reject",
  "dispatch.cancelCommand",
  "dispatch.stopDispatcher",
  "everyday.rm",
  "loops.finishRun",
  "observation.interrupt",
  "sessions.deregister",
  "system.adoptLedger",
  "system.applyReconcile",
  "system.stopServer",
  "tasks.finish",
  "tasks.stop",
  "terminals.stop",
  "transcripts.prune",
  "transcripts.pruneSegments",
  "workers.interrupt",
]);

/** Whether an operation ends something, so that it is confirmed first. Pure. */
export function endsSomething({ path }: Pick<PageOperation, "path">): boolean {
  return ENDS.has(path);
}

/** All operations that can be asked for; loaded when somebody first wants one. */
export async function loadOperations(): Promise<readonly PageOperation[]> {
  const { pageOperations } = await import("../generated/page-operations.ts");
  return pageOperations;
}

/** Run an operation and keep a receipt of it. Never throws. */
export function runOperation(operation: PageOperation, input: PageInput, verb: string): Promise<Receipt> {
  const command = operationLine(operation, input);
  return leaveReceipt({ text: verb, command, done: `${verb}: done` }, () =>
    operation.kind === "query"
      ? connection.client.query(operation.path, input)
      : connection.client.mutation(operation.path, input),
  );
}
