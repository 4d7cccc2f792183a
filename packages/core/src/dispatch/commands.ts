import type { Command, Input } from "@conveyor/contracts";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { commandOf } from "./log/command-record.ts";

/** The command log in order of creation (spec 03 §7.8). Throws `not_found`. */
export async function commands(ctx: Ctx, input: Input<"dispatch.commands">): Promise<Command[]> {
  return ctx.store.read(async (tx) => {
    const task = input.task === undefined ? undefined : resolveTask(tx, input.task);
    const rows = await tx.db.commands.findMany({
      where: {
        ...(task !== undefined && { task_id: task.id }),
        ...(input.type !== undefined && { type: input.type }),
        ...(input.state !== undefined && { state: input.state }),
        ...(input.worker !== undefined && { worker_id: input.worker }),
        ...(input.manager !== undefined && { manager_id: input.manager }),
        ...(input.correlation_id !== undefined && { correlation_id: input.correlation_id }),
        ...(input.since !== undefined && { created_at: { gte: new Date(input.since).toISOString() } }),
      },
      orderBy: { seq: "desc" },
      take: input.limit ?? LIST_ROWS,
      include: {
        task: { select: { name: true } },
        command_attempts: input.attempts ? { orderBy: { id: "asc" } } : false,
      },
    });
    return rows.reverse().map(commandOf);
  });
}
