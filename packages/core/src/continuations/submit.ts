import { randomUUID } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { continuationOf, proposalsOf } from "./turn.ts";

/**
 * Record a proposal. A worker's may begin a turn; a manager's belongs to a turn in which the worker has made one. Further
 * ones are further revisions (spec 04 §4.11). Throws `not_found` and `continuation_order`.
 */
export async function submit(
  ctx: Ctx,
  { task, proposer, payload, correlation_id: named }: Input<"continuations.submit">,
): Promise<Output<"continuations.submit">> {
  return ctx.store.write(async (tx) => {
    const { id: task_id, name } = resolveTask(tx, task);
    const correlation_id = named ?? `continuation-${randomUUID()}`;
    if (proposer === "manager") await assertWorkerWasFirst(tx, task_id, named);
    const newest = await tx.db.task_continuations.findFirst({
      where: { task_id, proposer },
      orderBy: { revision: "desc" },
      select: { revision: true },
    });
    const row = await tx.db.task_continuations.create({
      data: {
        seq: tx.seq(),
        task_id,
        proposer,
        payload_json: canonicalJson(payload),
        revision: (newest?.revision ?? 0) + 1,
        after_disclosure: proposer === "manager" && (await wasDisclosed(tx, task_id, correlation_id)),
        created_at: tx.now,
        correlation_id,
      },
    });
    const payload_keys = Object.keys(payload).sort();
    tx.tell("task_continuation_recorded", {
      task_id,
      actor: proposer,
      summary: `${proposer} of ${name} proposed what comes next`,
      correlation: { continuation_id: row.id, correlation_id },
      correlation_id,
      attributes: { payload_keys, proposer },
      payload: { continuation_id: row.id, payload_keys, proposer },
    });
    return continuationOf(row);
  });
}

async function assertWorkerWasFirst(tx: ReadTx, task_id: string, correlation_id: string | undefined): Promise<void> {
  const isThere = correlation_id !== undefined && (await proposalsOf(tx, task_id, correlation_id)).worker !== null;
  if (isThere) return;
  throw new ConveyorError(
    "continuation_order",
    correlation_id === undefined
      ? "a manager's proposal needs --correlation-id, the turn of the worker's"
      : `the worker has proposed nothing in the turn ${JSON.stringify(correlation_id)}`,
    {
      hint: "the worker proposes first; `conveyor continuation TASK --list` shows the turns",
      details: { missing: ["worker"], correlation_id: correlation_id ?? null },
    },
  );
}

/** Whether the worker's proposal may have reached the manager: it, or somebody for everybody, read it, or it was read once paired. */
async function wasDisclosed(tx: ReadTx, task_id: string, correlation_id: string): Promise<boolean> {
  const disclosure = await tx.db.continuation_disclosures.findFirst({
    where: { task_id, correlation_id, OR: [{ as_role: { in: ["manager", "all"] } }, { paired: true }] },
  });
  return disclosure !== null;
}
