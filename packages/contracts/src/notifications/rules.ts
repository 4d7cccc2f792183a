import type { EventName } from "../events/catalogue.ts";
import type { AnyEventTold } from "../events/declaration.ts";
import type { NoticeKind, Urgency } from "./words.ts";

/** What an event is to people: which kind of notice, and when it is told again. */
interface NoticeSays {
  kind: NoticeKind;
  urgency: Urgency;
  /** What it is about. */
  subject: string;
  /** How that stands; the same is told once. Absent: every event is news. */
  fingerprint?: string;
}

type Rule = (event: AnyEventTold) => NoticeSays | null;

const of = (event: AnyEventTold, key: string) => String(event.attributes[key] ?? "");
const id = (event: AnyEventTold, key: string) => String(event.correlation?.[key] ?? event.attributes[key] ?? "");
const taskOf = (event: AnyEventTold) => `task:${event.task_id ?? ""}`;

/** An agent's changes are events of their own, so each of them is news. */
const agentChanged: Rule = (event) => {
  const subject = `session:${id(event, "session_id")}`;
  const [phase, attention] = [of(event, "phase"), of(event, "attention")];
  if (phase === "gone") return { kind: "died", urgency: "high", subject };
  if (phase === "failed") {
    const limit = /limit|quota/.test(`${attention} ${event.summary ?? ""}`);
    return { kind: limit ? "limit" : "failed", urgency: "high", subject };
  }
  if (phase !== "waiting" || attention === "" || attention === "none") return null;
  return { kind: "needs_input", urgency: "high", subject };
};

const commandEnded =
  (kind: NoticeKind, urgency: Urgency): Rule =>
  (event) => ({ kind, urgency, subject: `command:${id(event, "command_id")}`, fingerprint: kind });

const checkEnded: Rule = (event) => {
  const state = of(event, "state");
  const subject = `check:${of(event, "check_id")}`;
  if (state === "passed") return { kind: "verified", urgency: "low", subject, fingerprint: state };
  return state === "cancelled" ? null : { kind: "failed", urgency: "normal", subject, fingerprint: state };
};

/** Which events people are told of. An event says in one line what happened, without content; that line is the body. */
const RULES: Partial<Record<EventName, Rule>> = {
  agent_status_changed: agentChanged,
  session_marked_gone_by_reconcile: (event) => ({
    kind: "died",
    urgency: "high",
    subject: `session:${of(event, "name")}`,
    fingerprint: `gone ${of(event, "pid")}`,
  }),
  task_finished: (event) => ({ kind: "finished", urgency: "normal", subject: taskOf(event), fingerprint: "finished" }),
  finish_task_failed: (event) => ({ kind: "refused", urgency: "normal", subject: `${taskOf(event)}:finish` }),
  check_run_finished: checkEnded,
  dispatch_command_blocked: commandEnded("refused", "high"),
  dispatch_command_failed: commandEnded("failed", "normal"),
  command_expired: commandEnded("stuck", "normal"),
  dispatch_signal_failed: (event) =>
    event.severity === "error"
      ? { kind: "failed", urgency: "normal", subject: `item:${id(event, "notification_id")}`, fingerprint: "failed" }
      : null,
  dispatch_inbox_returned: (event) =>
    event.severity === "warning"
      ? { kind: "stuck", urgency: "normal", subject: `item:${id(event, "notification_id")}` }
      : null,
  pair_failed: (event) => ({ kind: "failed", urgency: "high", subject: `${taskOf(event)}:pair` }),
};

/** What people are told of an event; null for one that is nothing to them. Pure. */
export function noticeOf(name: EventName, event: AnyEventTold): NoticeSays | null {
  return RULES[name]?.(event) ?? null;
}
