import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { isProcessAlive } from "@conveyor/files";
import { type FastTx, lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { type CheckRunRow, checkRunOf, silentRunOf } from "./check.ts";
import { endDeadRun } from "./run-checks.ts";

/**
 * Ask whoever runs a check to end it, and wait until it has (spec 09 §9.3). A run whose process is gone ends as an error
 * instead. Whoever does the work may only end what it began. Throws `not_found`, `permission_denied`, `conflict` for a run
 * that has ended.
 */
export async function cancel(ctx: Ctx, input: Input<"checks.cancel">): Promise<Output<"checks.cancel">> {
  const asked = await ctx.store.write(async (tx) => {
    const found = await tx.db.check_runs.findUnique({
      where: { id: input.run },
      include: { check: { include: { criterion: { select: { task_id: true } } } } },
    });
    if (found === null) throw noSuchRun(input.run);
    const { check, ...row } = found;
    const { criterion, ...checkRow } = check;
    const author = await checkAuthorOf(ctx, tx, criterion.task_id);
    if (row.actor !== author) assertMayJudge(author, "end a run that somebody else began");
    if (row.state !== "running") throw ended(row);
    if (!isProcessAlive({ pid: row.owner_pid, pid_started_at: row.owner_started_at })) {
      await endDeadRun(tx, { id: criterion.task_id }, checkRow, row);
      return false;
    }
    if (row.cancel_requested_at === null) {
      await tx.db.check_runs.update({
        where: { id: row.id },
        data: { cancel_requested_at: tx.now, cancel_requested_by: author },
      });
      tx.tell("check_run_cancel_requested", {
        actor: author,
        task_id: criterion.task_id,
        summary: `check ${checkRow.name} is to end`,
        correlation: { check_id: checkRow.id, check_run_id: row.id, criterion_id: checkRow.criterion_id },
        attributes: {
          check_id: checkRow.id,
          check_run_id: row.id,
          criterion_id: checkRow.criterion_id,
          revision: checkRow.revision,
        },
      });
    }
    return true;
  });
  if (asked) await untilEnded(ctx, input.run, input.wait_seconds * 1_000);
  return ctx.store.read(async (tx) => ({
    run: silentRunOf(checkRunOf(await tx.db.check_runs.findUniqueOrThrow({ where: { id: input.run } }))),
  }));
}

async function untilEnded(ctx: Ctx, id: number, timeout_ms: number): Promise<void> {
  const since = ctx.store.changes.version;
  const isOver = (state: string | undefined) => state !== "running";
  if (await ctx.store.peek((tx) => isOver(lookups.runStanding(tx, id)?.state))) return;
  const awaited = {
    key: `check_run ${id} ended`,
    isThere: (tx: FastTx) => isOver(lookups.runStanding(tx, id)?.state),
  };
  await untilThere(ctx, awaited, { since, timeout_ms });
}

function noSuchRun(id: number): ConveyorError {
  return new ConveyorError("not_found", `there is no run ${id}`, {
    hint: "list them: conveyor checks runs TASK",
    details: { kind: "check_run", id },
  });
}

function ended({ id, state }: CheckRunRow): ConveyorError {
  return new ConveyorError("conflict", `run ${id} has ended already: ${state}`, {
    hint: "nothing is to be done",
    details: { kind: "check_run", id, state },
  });
}
