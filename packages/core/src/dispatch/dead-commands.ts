import type { DispatchableCommand, Input, Output } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine, type Program } from "../shared/command-line.ts";
import { resolveTask } from "../shared/references.ts";
import { deadMessageOf, type Remedy, remedyFor } from "./log/dead-remedies.ts";

type Group = Output<"dispatch.deadCommands">["groups"][number];

/**
 * The messages that were never delivered and that nobody has taken care of, by reason, with what helps (spec 03 §13 item
 * 9). Without a task only those of open tasks. Throws `not_found`, `ambiguous`.
 */
export async function deadCommands(
  ctx: Ctx,
  input: Input<"dispatch.deadCommands">,
): Promise<Output<"dispatch.deadCommands">> {
  const rows = await ctx.store.peek((tx) =>
    dispatchRows.listDeadCommands(tx, {
      types: DISPATCHABLE_COMMANDS,
      task_id: input.task === undefined ? null : resolveTask(tx, input.task).id,
      open_states: OPEN_TASK_STATES,
      limit: input.limit,
    }),
  );
  const reasons = [...new Set(rows.map(({ error_code }) => error_code))];
  const groups = reasons.map((reason) =>
    groupOf(
      reason,
      rows.filter(({ error_code }) => error_code === reason),
      ctx.settings,
    ),
  );
  return { total: groups.reduce((sum, { count }) => sum + count, 0), groups };
}

function groupOf(error_code: string, rows: readonly dispatchRows.DeadCommand[], program: Program): Group {
  const remedy = remedyFor(error_code);
  const open = rows.filter(isOpen);
  return {
    error_code,
    count: rows[0]?.of_this_reason ?? 0,
    advice: remedy.advice,
    fix: [...new Set(open.flatMap((row) => remedy.fix(deadMessageOf(row), program)))],
    commands: rows.map((row) => ({
      command_id: row.id,
      command_type: row.type as DispatchableCommand,
      correlation_id: row.correlation_id,
      created_at: row.created_at,
      error: row.error,
      state: row.state,
      task: row.task_name,
      retry: isOpen(row) ? retryLine(row.id, remedy, program) : null,
    })),
  };
}

/** Nothing is delivered for a task that has ended. */
function isOpen({ task_state }: dispatchRows.DeadCommand): boolean {
  return (OPEN_TASK_STATES as readonly string[]).includes(task_state);
}

function retryLine(command_id: string, { afterwards }: Remedy, program: Program): string | null {
  if (afterwards === "nothing") return null;
  return commandLine(program, ["commands retry", command_id], { force: afterwards === "force" });
}
