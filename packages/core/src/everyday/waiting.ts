import type { Matter, OperatorItem } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { dispatchRows, inboxRows } from "@conveyor/store";
import { listOperatorItems } from "../contract/operator.ts";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import type { PresentSession } from "./presence.ts";

/** What somebody has to answer comes before what failed, and that before what is only overdue. */
const ORDER: readonly Matter["kind"][] = [
  ...(["approval", "question", "plan_decision", "trust", "menu"] as const),
  ...(["review", "permission", "stale_ack", "blocked_answer"] as const),
  ...(["usage_limit", "failed_turn", "dead_agent", "refused_message", "failed_message", "unanswered"] as const),
];

/**
 * What waits for the operator: agents that ask, failed or died, messages that were refused or failed, answers that are
 * missing or say that somebody is blocked; at most `limit` messages of each kind (spec 10.3, 04 §8.6).
 */
export async function whatWaits(ctx: Ctx, sessions: readonly PresentSession[], limit: number): Promise<Matter[]> {
  const { dead, open } = await ctx.store.peek((tx) => ({
    dead: dispatchRows.listDeadCommands(tx, {
      types: DISPATCHABLE_COMMANDS,
      task_id: null,
      open_states: OPEN_TASK_STATES,
      limit,
    }),
    open: inboxRows.openItems(tx, limit),
  }));
  const waiting = [
    ...sessions.flatMap((session) => agentWaits(ctx, session)),
    ...dead.map((command) => messageWaits(ctx, command)),
    ...open.map((item) => answerWaits(ctx, item)),
    ...(await listOperatorItems(ctx, { all: false, limit })).items.map((item) => operatorWaits(ctx, item)),
  ];
  return waiting.sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.since ?? "").localeCompare(b.since ?? ""),
  );
}

function agentWaits(ctx: Ctx, session: PresentSession): Matter[] {
  const { id, name, role, task_name, tmux_session, agent_status } = session;
  const { phase, attention, detail, since } = agent_status;
  const about = { kind: "session", id, name } as const;
  const look =
    tmux_session === null ? commandLine(ctx.settings, ["inspect", name]) : commandLine(ctx.settings, ["attach", name]);
  const base = { about, task: task_name, why: `${role} ${name} ${detail}`, since };
  if (phase === "waiting" && attention !== "none") return [{ ...base, kind: attention, command: look }];
  if (phase === "failed") {
    const kind = /usage_limit|rate_limit|quota/.test(detail) ? "usage_limit" : "failed_turn";
    return [{ ...base, kind, command: look }];
  }
  // Nobody misses a session that no task has.
  if (phase === "gone" && task_name !== null)
    return [{ ...base, kind: "dead_agent", command: commandLine(ctx.settings, ["inspect", name]) }];
  return [];
}

function messageWaits(ctx: Ctx, command: dispatchRows.DeadCommand): Matter {
  const { id, type, state, task_name, created_at, error_code } = command;
  const refused = state === "blocked";
  return {
    kind: refused ? "refused_message" : "failed_message",
    about: { kind: "command", id, name: id },
    task: task_name,
    why: `${type} ${refused ? "was refused" : "failed"}: ${error_code}`,
    since: created_at,
    command: commandLine(ctx.settings, ["commands show", id]),
  };
}

function operatorWaits(ctx: Ctx, { id, kind, task, subject, created_at }: OperatorItem): Matter {
  return {
    kind,
    about: { kind: "operator_item", id: String(id), name: `#${id}` },
    task: task.name,
    why: `${ASKED[kind]} ${subject}`,
    since: created_at,
    command: commandLine(ctx.settings, ["operator approve", String(id)], { reason: { slot: "why" } }),
  };
}

/** What an operator is asked, before what it is about. */
const ASKED: Readonly<Record<OperatorItem["kind"], string>> = {
  review: "a person has to judge the review of turn",
  permission: "the manager needs a permission that it has not:",
  stale_ack: "the contract was changed since it was acknowledged by the",
};

function answerWaits(ctx: Ctx, item: inboxRows.OpenItem): Matter {
  const blocked = item.latest_status === "blocked";
  return {
    kind: blocked ? "blocked_answer" : "unanswered",
    about: { kind: "item", id: String(item.id), name: `#${item.id}` },
    task: item.task_name,
    why: blocked
      ? `${item.target_name} answered to ${item.signal_type} #${item.id} that it is blocked`
      : `${item.target_name} has not answered ${item.signal_type} #${item.id} in time`,
    since: item.latest_at ?? item.ack_due_at ?? item.delivered_at,
    command: commandLine(ctx.settings, ["inbox-ack", item.task_name], { notification_id: item.id }),
  };
}
