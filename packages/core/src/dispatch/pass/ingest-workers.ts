import { statSync } from "node:fs";
import { asConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import type { PassMemory, PassOptions } from "./terms.ts";

/**
 * Read what the rollouts of all bound workers have grown by (spec 03 §6.1). A worker whose rollout cannot be read is told
 * of once per kind of trouble and passed over.
 */
export async function ingestWorkers(ctx: Ctx, options: PassOptions, memory: PassMemory): Promise<void> {
  const { ingest } = options;
  if (ingest === null) return;
  const bindings = await ctx.store.peek(dispatchRows.listWatchedBindings);
  const workers = new Map(bindings.map((binding) => [binding.worker.id, binding]));
  for (const [session_id, binding] of workers) {
    if (ctx.signal.aborted) return;
    if (binding.worker.state !== "active" || binding.rollout_path === null) continue;
    const size = sizeOf(binding.rollout_path);
    // Ingest ends at the last whole line, so a half line must not have the file read again and again.
    if (size !== null && (size === binding.last_ingest_offset || size === memory.ingested_sizes.get(session_id)))
      continue;
    try {
      await ingest(session_id);
      memory.ingest_errors.delete(session_id);
      if (size !== null) memory.ingested_sizes.set(session_id, size);
    } catch (thrown) {
      if (dispatchRows.isLedgerTrouble(thrown)) throw thrown;
      if (ctx.signal.aborted) return;
      await tell(ctx, memory, binding, asConveyorError(thrown).message);
    }
  }
}

/** Asked for every worker in every pass: a look that does not wait in line costs a fraction of one that does. */
function sizeOf(path: string): number | null {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
}

async function tell(ctx: Ctx, memory: PassMemory, binding: dispatchRows.WatchedBinding, error: string): Promise<void> {
  const { worker } = binding;
  if (memory.ingest_errors.get(worker.id) === error) return;
  memory.ingest_errors.set(worker.id, error);
  await ctx.store.fast((tx) =>
    tx.tell("dispatch_ingest_failed", {
      summary: `the rollout of ${worker.name} could not be read`,
      task_id: binding.task.id,
      correlation: { session: worker.name, session_id: worker.id },
      attributes: { error },
    }),
  );
}
