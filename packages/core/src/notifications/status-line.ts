import type { Input, Output } from "@conveyor/contracts";
import { lookups, noticeRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { judgeStatus } from "../shared/agent-status.ts";

/** Sessions that are looked at; more fit into no status bar. */
const MOST = 500;

/** One short line about everything, from what is recorded: no program is asked and no file is read (spec 10 §10.5). */
export async function statusLine(
  ctx: Ctx,
  _input: Input<"notifications.statusLine">,
): Promise<Output<"notifications.statusLine">> {
  const { rows, unread } = await ctx.store.peek((tx) => ({
    rows: lookups.presentSessionRows(tx, { all: false, limit: MOST }),
    unread: noticeRows.unreadOfManagers(tx),
  }));
  const phases = rows.map((row) => judgeStatus(row, null).phase);
  const agents = phases.filter((phase) => phase !== "gone").length;
  const waiting = phases.filter((phase) => phase === "waiting" || phase === "failed").length;
  const parts = [`${agents} agent${agents === 1 ? "" : "s"}`];
  if (waiting > 0) parts.unshift(`! ${waiting} waiting`);
  if (unread > 0) parts.push(`${unread} unread`);
  return { text: parts.join(" · "), agents, waiting, unread };
}
