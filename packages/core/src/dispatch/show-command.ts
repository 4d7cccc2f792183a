import type { Acknowledgement, Input, Output } from "@conveyor/contracts";
import { decodeRow, type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { inboxItemOf } from "../inbox/item.ts";
import { attemptOf, commandOf, resolveCommand } from "./log/command-record.ts";

type Shown = Output<"dispatch.showCommand">;

/** The newest so many answers to one item are shown. */
const MOST_ACKNOWLEDGEMENTS = 1000;

/**
 * One command with every attempt, the items it led to and what was answered to them (spec 03 §13 item 2). Throws `not_found`, `ambiguous`.
 */
export async function showCommand(ctx: Ctx, input: Input<"dispatch.showCommand">): Promise<Shown> {
  return ctx.store.read(async (tx) => {
    const { id } = resolveCommand(tx, input.command);
    const { command_attempts, routed_notifications, ...row } = await tx.db.commands.findUniqueOrThrow({
      where: { id },
      include: {
        task: { select: { name: true } },
        command_attempts: { orderBy: { id: "asc" } },
        routed_notifications: { orderBy: { seq: "asc" }, select: { id: true } },
      },
    });
    return {
      ...commandOf(row),
      attempt_history: command_attempts.map(attemptOf),
      items: routed_notifications.map((item) => itemWithAnswers(tx, item.id)),
    };
  });
}

function itemWithAnswers(tx: FastTx, item_id: number): Shown["items"][number] {
  const item = inboxItemOf(tx, inboxRows.itemById(tx, item_id) as inboxRows.InboxRow);
  const answers = inboxRows.acknowledgementsOfItem(tx, item_id, MOST_ACKNOWLEDGEMENTS);
  return { ...item, acknowledgements: answers.map((row) => decodeRow(row) as unknown as Acknowledgement) };
}
