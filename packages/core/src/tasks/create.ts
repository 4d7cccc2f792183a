import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/**
 * Create a task. The same name, goal and summary while such a task is open answers with that one and writes nothing.
 * Throws `conflict` when an open task of this name has other content (spec 01 §6.7).
 */
export async function create(ctx: Ctx, input: Input<"tasks.create">): Promise<Output<"tasks.create">> {
  return ctx.store.write(async (tx) => {
    const same = await tx.db.tasks.findFirst({
      where: { name: input.name, state: { in: ["candidate", "managed", "paused"] } },
    });
    if (same !== null) {
      if (same.goal !== input.goal || same.summary !== input.summary) {
        throw new ConveyorError(
          "conflict",
          `an open task is already called ${JSON.stringify(input.name)} (${same.id})`,
          {
            hint: "choose another name, or finish that task first",
            details: { kind: "task", id: same.id, name: same.name },
          },
        );
      }
      return { created: false, id: same.id, name: same.name, state: same.state as Output<"tasks.create">["state"] };
    }
    const { id } = await insertTask(ctx, tx, input);
    return { created: true, id, name: input.name, state: "candidate" };
  });
}

/** Write a new task in state candidate with `task_created`; that its name is free was looked at in the same transaction. */
export async function insertTask(ctx: Ctx, tx: WriteTx, input: { name: string; goal: string; summary: string | null }) {
  const id = ctx.host.ids.next("task");
  const seq = tx.seq();
  const row = await tx.db.tasks.create({
    data: {
      id,
      name: input.name,
      goal: input.goal,
      summary: input.summary,
      state: "candidate",
      created_at: tx.now,
      updated_at: tx.now,
      seq,
      updated_seq: seq,
    },
  });
  tx.tell("task_created", {
    task_id: id,
    attributes: { goal: input.goal, name: input.name, summary: input.summary },
    summary: `task ${input.name} created`,
    correlation: { task_id: id },
  });
  return row;
}
