import type { WriteTx } from "@conveyor/store";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** A durable record of something that this call does itself, as opposed to what is queued for Dispatch. */
export interface ImmediateCommand {
  type: string;
  task_id: string | null;
  /** No content: lengths instead of texts (spec 00, Small rulings). */
  payload: Record<string, unknown>;
  correlation_id?: string | null | undefined;
  required_permission?: string | null | undefined;
}

/** What of a command is repeated in its telemetry. */
export interface CommandIdentity {
  id: string;
  type: string;
  task_id: string | null;
  correlation_id: string | null;
}

/**
 * Record that a command is about to be carried out: its row in state `attempted`, with the telemetry of its creation and
 * of the attempt (spec 01 §3, 07 §7.9.1).
 */
export async function beginCommand(ctx: Ctx, tx: WriteTx, command: ImmediateCommand): Promise<CommandIdentity> {
  const id = ctx.host.ids.next("command");
  const { type, task_id, correlation_id = null, required_permission = null } = command;
  const seq = tx.seq();
  await tx.db.commands.create({
    data: {
      id,
      seq,
      updated_seq: seq,
      idempotency_key: id,
      created_at: tx.now,
      updated_at: tx.now,
      task_id,
      correlation_id,
      type,
      state: "attempted",
      required_permission,
      payload_json: canonicalJson(command.payload),
    },
  });
  const correlation = { command_id: id, command_type: type, correlation_id };
  const records = { worker_id: null, manager_id: null };
  tx.tell("command_created", {
    summary: `command ${type} created`,
    task_id,
    correlation,
    attributes: { idempotency_key: id, required_permission, state: "pending", ...records },
  });
  tx.tell("command_attempted", {
    summary: `command ${type} attempted`,
    task_id,
    correlation,
    attributes: { state: "attempted", ...records },
  });
  return { id, type, task_id, correlation_id };
}

export type CommandOutcome =
  | { state: "succeeded"; result: Record<string, unknown> }
  | { state: "failed"; result: Record<string, unknown>; error: string };

/** Record how an attempted command ended, with its telemetry. The result must be free of content. */
export async function endCommand(tx: WriteTx, command: CommandIdentity, outcome: CommandOutcome): Promise<void> {
  const error = outcome.state === "failed" ? outcome.error : null;
  await tx.db.commands.update({
    where: { id: command.id },
    data: {
      state: outcome.state,
      result_json: canonicalJson(outcome.result),
      error,
      updated_at: tx.now,
      updated_seq: tx.seq(),
    },
  });
  tx.tell(outcome.state === "failed" ? "command_failed" : "command_succeeded", {
    summary: `command ${command.type} ${outcome.state}`,
    task_id: command.task_id,
    correlation: { command_id: command.id, command_type: command.type, correlation_id: command.correlation_id },
    attributes: { error, result: outcome.result, state: outcome.state, worker_id: null, manager_id: null },
  });
}
