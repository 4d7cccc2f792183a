import type { DispatchableCommand, DispatchResult } from "@conveyor/contracts";
import { DEFAULT_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import { asConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { runQueuePart } from "../pass/pass.ts";
import type { QueuedCommand } from "./enqueue-command.ts";

/** Most commands that one call executes: the one it is about and older ones before it. */
const MOST_COMMANDS = 100;
/** Long enough for one push; the lease is renewed while it lasts. */
const LEASE_SECONDS = 60;

/** Commands that go to the same session of a task as one of this type, which stand in one queue before it. */
const SAME_TARGET: Readonly<Record<DispatchableCommand, readonly DispatchableCommand[]>> = {
  notify_manager: ["notify_manager"],
  nudge_worker: ["nudge_worker", "continue_iteration"],
  continue_iteration: ["nudge_worker", "continue_iteration"],
};

export interface Delivered {
  /** What happened to the command; null when nobody has executed it yet. */
  delivery: DispatchResult | null;
  notification_id: number | null;
}

/** The answer about a queued command, with its delivery when that was asked for too (spec 03 §13 item 1). */
export async function deliveredToo<Answer extends QueuedCommand & { warnings: string[] }>(
  ctx: Ctx,
  deliver: boolean | undefined,
  queued: Answer,
): Promise<Answer & Partial<Delivered>> {
  if (deliver !== true) return queued;
  const refusal = await ctx.host.mayAct().catch(asConveyorError);
  if (refusal !== undefined) {
    return { ...queued, delivery: null, notification_id: null, warnings: [...queued.warnings, refusal.message] };
  }
  const { warnings, ...delivered } = await deliverNow(ctx, queued.command_id, queued.command_type);
  return { ...queued, ...delivered, warnings: [...queued.warnings, ...warnings] };
}

/**
 * Execute one queued command at once, through the same gates and transports as a pass of Dispatch. A session gets its
 * messages in the order in which they were queued: what waits for the same session of the task, is older and may be
 * executed now goes first (warning `older_commands_executed`), at most 100 in all. A command that another dispatcher
 * holds, whose time has not come or that is behind more than those stays queued: no delivery, and the warning
 * `not_delivered_yet`. One that has ended before answers with how it ended.
 */
async function deliverNow(
  ctx: Ctx,
  command_id: string,
  type: DispatchableCommand,
): Promise<Delivered & { warnings: string[] }> {
  const { seq, task_id } = await rowOf(ctx, command_id);
  const results = await runQueuePart(ctx, {
    dispatcher_id: DEFAULT_DISPATCHER_ID,
    limit: MOST_COMMANDS,
    lease_seconds: LEASE_SECONDS,
    types: SAME_TARGET[type],
    part: { task_id: task_id as string, up_to_seq: seq },
  });
  const own = results.findLast((result) => result.command_id === command_id);
  const delivery = own ?? settled(await rowOf(ctx, command_id));
  const warnings = [
    ...(results.some((result) => result.command_id !== command_id) ? ["older_commands_executed"] : []),
    ...(delivery === null ? ["not_delivered_yet"] : []),
  ];
  return { delivery, notification_id: delivery?.notification_id ?? null, warnings };
}

function rowOf(ctx: Ctx, command_id: string): Promise<dispatchRows.CommandRow> {
  return ctx.store.peek((tx) => dispatchRows.commandById(tx, command_id) as dispatchRows.CommandRow);
}

/** How a command ended that somebody else has executed; null when it has not. */
function settled({
  id,
  type,
  state,
  correlation_id,
  result_json,
  error,
}: dispatchRows.CommandRow): DispatchResult | null {
  if (state === "pending" || state === "attempted") return null;
  if (result_json !== null) return JSON.parse(result_json) as DispatchResult;
  // A lease that ran out leaves only an error.
  return { command_id: id, command_type: type, correlation_id, error, state: "failed" };
}
