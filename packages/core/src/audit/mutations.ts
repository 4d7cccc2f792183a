import type { Input, MutationRecord, Output } from "@conveyor/contracts";
import { type FastTx, replayRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { judgeMutation } from "./judge-mutation.ts";

/**
 * Whether each command of a task that has an effect is justified by a recorded decision (spec 07 §7.10.3). The verdict is
 * about all of them, shown are the newest. Throws `not_found`, `ambiguous`.
 */
export async function mutations(ctx: Ctx, input: Input<"audit.mutations">): Promise<Output<"audit.mutations">> {
  return ctx.store.peek((tx) => {
    const { seq: _seq, updated_seq: _updatedSeq, ...task } = resolveTask(tx, input.task);
    return mutationReport(tx, task as Output<"audit.mutations">["task"], input.limit);
  });
}

/** The same of one view of the ledger. */
export function mutationReport(
  tx: FastTx,
  task: Output<"audit.mutations">["task"],
  limit: number,
): Output<"audit.mutations"> {
  const direct = replayRows.supervisionModeOf(tx, task.id) === "strict";
  const records: MutationRecord[] = [];
  const summary = { mutations: 0, with_warnings: 0 };
  for (const row of replayRows.mutationRows(tx, task.id, { direct })) {
    const record = judgeMutation(row, {
      of: (id) => replayRows.justificationOf(tx, task.id, id),
      nearest_prior: replayRows.decisionBefore(tx, task.id, row.seq),
    });
    summary.mutations += 1;
    if (!record.ok) summary.with_warnings += 1;
    records.push(record);
    if (records.length > limit) records.shift();
  }
  return { ok: summary.with_warnings === 0, summary, task, records };
}
