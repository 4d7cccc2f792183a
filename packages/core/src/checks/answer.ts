import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { receiptKeys } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assertNotEnded } from "../proof/verify.ts";
import { checkAuthorOf } from "./actor.ts";
import { findCheck, silentRunOf, specOf } from "./check.ts";
import { recordAnswer } from "./run-checks.ts";
import { assertFolder, presentTree, subjectFolder } from "./subject.ts";

/**
 * Record what a person says to the question of a check, of the files as they are now: yes passes, no fails (spec 09 §9.2).
 * Only an operator is a person. Throws `not_found`, `permission_denied`, `conflict` for a check that asks nothing or that
 * was not accepted, `terminal_state`, `precondition_failed` when nothing says where the files are, and what reading them
 * throws.
 */
export async function answer(ctx: Ctx, input: Input<"checks.answer">): Promise<Output<"checks.answer">> {
  await ctx.host.mayAct();
  const folder = await ctx.store.read(async (tx) => {
    const { task_id } = await assertAnswerable(ctx, tx, input.check);
    return subjectFolder(tx, task_id, input.root);
  });
  assertFolder(folder);
  const tree = await presentTree(ctx, folder);
  const { current } = receiptKeys(ctx.host.env);
  return ctx.store.write(async (tx) => {
    const { row, task_id } = await assertAnswerable(ctx, tx, input.check);
    const { verdict, note } = input;
    const said = { check: row, is_yes: verdict === "yes", note };
    const run = await recordAnswer(ctx, tx, { ...said, task: { id: task_id }, tree, key: current });
    return { run: silentRunOf(run) };
  });
}

async function assertAnswerable(ctx: Ctx, tx: ReadTx, id: number) {
  const { row, task_id } = await findCheck(tx, id);
  if (specOf(row).kind !== "human") {
    throw new ConveyorError("conflict", `check ${id} asks nobody: Conveyor runs it`, {
      hint: "run it with `conveyor verify TASK`",
      details: { kind: "check", id },
    });
  }
  const author = await checkAuthorOf(ctx, tx, task_id);
  if (author !== "operator") {
    throw new ConveyorError("permission_denied", "only a person answers what a person is asked", {
      hint: "ask the operator",
      details: { actor: author },
    });
  }
  if (row.accepted_by === null) {
    throw new ConveyorError("conflict", `check ${id} is only proposed`, {
      hint: `accept it first: conveyor checks accept ${id}`,
      details: { kind: "check", id },
    });
  }
  const task = await tx.db.tasks.findUniqueOrThrow({ where: { id: task_id } });
  assertNotEnded(task);
  return { row, task_id };
}
