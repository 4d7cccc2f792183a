import type { Command, CommandAttempt } from "@conveyor/contracts";
import { decodeRow, dispatchRows, type FastTx, loopRows, type Prisma } from "@conveyor/store";
import { only } from "../../shared/references.ts";

/** How many candidates an ambiguous prefix lists. */
const MOST_CANDIDATES = 6;

/** The command that a user means: exact id, else a unique beginning of one. Throws `not_found` or `ambiguous`. */
export function resolveCommand(tx: FastTx, reference: string): dispatchRows.CommandRow {
  const exact = dispatchRows.commandById(tx, reference);
  if (exact !== undefined) return exact;
  const candidates = dispatchRows.commandsByIdPrefix(tx, reference, MOST_CANDIDATES);
  return only(
    "command",
    reference,
    candidates.map((row) => ({ ...row, name: row.type })),
    "conveyor commands",
  );
}

/** The loop that a continuation belongs to, so that its telemetry can be found; undefined when there is none. */
export function loopRunIdOf(tx: FastTx, payload: Record<string, unknown>): string | undefined {
  const { run_id } = (payload["ralph_loop"] ?? {}) as { run_id?: unknown };
  return typeof run_id === "string" ? loopRows.runById(tx, run_id)?.id : undefined;
}

type AttemptRow = Prisma.command_attemptsGetPayload<object>;

/** A row of the command log with the name of its task, and its attempts when they were asked for. */
export type LoggedRow = Prisma.commandsGetPayload<{ include: { task: { select: { name: true } } } }> & {
  command_attempts?: AttemptRow[];
};

/** A command as users see it (spec 03 §4.1). */
export function commandOf({ task, command_attempts, seq: _seq, updated_seq: _updatedSeq, ...row }: LoggedRow): Command {
  return {
    ...(decodeRow(row) as Omit<Command, "task_name">),
    task_name: task?.name ?? null,
    ...(command_attempts !== undefined && { attempt_history: command_attempts.map(attemptOf) }),
  };
}

/** An attempt as users see it (spec 03 §4.2). */
export function attemptOf({ seq: _seq, task_id: _task, ...row }: AttemptRow): CommandAttempt {
  return decodeRow(row) as CommandAttempt;
}
