import type { Input, SetupBundle } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { bundleOf } from "./bundle.ts";

/** `setup-bundle show`: the bundle that was recorded last. Throws `not_found` (task, or no bundle), `ambiguous`. */
export async function show(ctx: Ctx, input: Input<"setup.show">): Promise<SetupBundle> {
  return ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    const row = await tx.db.setup_bundles.findFirst({ where: { task_id: task.id }, orderBy: { seq: "desc" } });
    if (row !== null) return bundleOf(row);
    throw new ConveyorError("not_found", `task ${JSON.stringify(task.name)} has no set-up bundle`, {
      hint: "look at one with `conveyor setup-bundle preview TASK`, then apply it",
      details: { kind: "setup_bundle", task_id: task.id },
    });
  });
}
