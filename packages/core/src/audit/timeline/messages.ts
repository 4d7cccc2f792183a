import { type Candidate, type EntryRow, idOf, numberOf, objectOf, pick, textOf } from "./entry.ts";
import { shorten } from "./text.ts";

/** Who a command says acted; any other type is the program's (spec 07 §7.10.2, Command entries). */
const COMMAND_ACTORS: Readonly<Record<string, string>> = {
  finish_task: "manager",
  task_nudge: "manager -> worker",
  task_interrupt: "manager -> worker",
  promote: "system",
};

export function commandEntry(row: EntryRow): Candidate {
  const type = textOf(row["type"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: COMMAND_ACTORS[type] ?? "workerctl",
    kind: type === "finish_task" ? "finish" : "command",
    source: "commands",
    source_id: idOf(row),
    summary: commandSummary(type, row),
    details: { command_id: row["id"], state: row["state"], type, ...wordsOf(row["payload"]) },
  };
}

function commandSummary(type: string, row: EntryRow): string {
  const payload = objectOf(row["payload"]);
  const result = objectOf(row["result"]);
  switch (type) {
    case "finish_task": {
      const reason = shorten(result["reason"] ?? payload["reason"]);
      const stage = textOf(result["failure_stage"]);
      if (row["state"] === "failed") return `not finished (${stage || "failed"}): ${reason || shorten(row["error"])}`;
      const manager = result["stop_manager"] === true ? "manager stopped" : "manager left open";
      return `${reason} (${manager})`;
    }
    case "task_nudge":
      return `nudge${saidIn(payload, "message")}`;
    case "task_interrupt":
      return `interrupt with follow-up${saidIn(payload, "followup")}`;
    case "promote":
      return `worker ${textOf(payload["worker_session"])} put under manager ${textOf(payload["manager_session"])}`;
    case "close_manager":
      return `manager closed: ${shorten(result["reason"] ?? payload["reason"])}`;
    default:
      return `${nameOf(type)} ${textOf(row["state"])}`;
  }
}

/** What was typed, shortened, where the row still has it; else how long it is. */
function saidIn(payload: Record<string, unknown>, key: "message" | "followup"): string {
  const said = payload[key];
  if (typeof said === "string") return `: ${shorten(said)}`;
  const length = payload[`${key}_length`] ?? payload[`${key}_byte_count`] ?? 0;
  return ` of ${length} characters`;
}

/** The message that a payload carries, where it was not hidden. */
function wordsOf(payload: unknown): { message?: string } {
  const { message } = objectOf(payload);
  return typeof message === "string" ? { message } : {};
}

/** What people call the messages between a worker and its manager; others go by their type. */
const NAMES: Readonly<Record<string, string>> = {
  worker_task_complete: "finished turn",
  notify_manager: "report",
  nudge_worker: "instruction",
  continue_iteration: "next iteration",
};

const nameOf = (type: string) => NAMES[type] ?? type.replaceAll("_", " ");

function attemptSummary(row: EntryRow): string {
  const error = shorten(row["error"]);
  return `attempt #${row["id"]} ${textOf(row["state"])}${error === "" ? "" : `: ${error}`}`;
}

function deliverySummary(row: EntryRow): string {
  const what = nameOf(textOf(row["signal_type"]));
  const whose = textOf(row["target_session_name"]);
  if (row["state"] !== "delivered") return `${what} for ${whose} ${textOf(row["state"])}`;
  return row["delivery_mode"] === "push"
    ? `${what} typed into the terminal of ${whose}`
    : `${what} put in the inbox of ${whose}`;
}

export function commandAttemptEntry(row: EntryRow): Candidate {
  const fields = [
    "command_id",
    "correlation_id",
    "dispatcher_id",
    "error",
    "result",
    "side_effect_started",
    "side_effect_completed",
    "state",
  ];
  return {
    seq: row.seq,
    timestamp: textOf(row["started_at"]),
    actor: "dispatch",
    kind: "command_attempt",
    source: "command_attempts",
    source_id: idOf(row),
    summary: attemptSummary(row),
    details: { attempt_id: row["id"], ...pick(row, ...fields) },
  };
}

export function routedNotificationEntry(row: EntryRow): Candidate {
  const fields = [
    "command_id",
    "correlation_id",
    "signal_type",
    "state",
    "delivery_mode",
    "delivered_at",
    "consumed_at",
    "consumed_by_session_id",
    "consumed_by_session_name",
    "source_session_id",
    "source_session_name",
    "target_session_id",
    "target_session_name",
  ];
  return {
    seq: numberOf(row["delivered_seq"]) ?? row.seq,
    timestamp: textOf(row["delivered_at"] ?? row["created_at"]),
    actor: "dispatch",
    kind: "routed_notification",
    source: "routed_notifications",
    source_id: idOf(row),
    summary: deliverySummary(row),
    details: { notification_id: row["id"], ...pick(row, ...fields), ...wordsOf(row["payload"]) },
  };
}

export function notificationAcknowledgementEntry(row: EntryRow): Candidate {
  const role = textOf(row["role"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: role,
    kind: "notification_acknowledgement",
    source: "notification_acknowledgements",
    source_id: idOf(row),
    summary: `${role} acknowledged notification #${row["notification_id"]} as ${textOf(row["status"])}`,
    details: {
      acknowledgement_id: row["id"],
      ...pick(row, "notification_id", "correlation_id", "payload", "signal_type", "status"),
    },
  };
}

export function correlationChainEntry(row: EntryRow): Candidate {
  const steps = [
    textOf(row["command_type"]),
    textOf(row["command_state"]),
    numberOf(row["source_event_id"]) !== null && `source event #${row["source_event_id"]}`,
    numberOf(row["manager_decision_id"]) !== null && `decision #${row["manager_decision_id"]}`,
    numberOf(row["manager_cycle_id"]) !== null && `cycle #${row["manager_cycle_id"]}`,
    plural((row["attempt_ids"] as unknown[]).length, "attempt"),
    plural((row["routed_notification_ids"] as unknown[]).length, "notification"),
  ];
  const { seq, ...chain } = row;
  return {
    seq,
    timestamp: textOf(row["created_at"]),
    actor: "dispatch",
    kind: "correlation_chain",
    source: "correlation_chains",
    source_id: textOf(row["command_id"]) || ((row["routed_notification_ids"] as number[])[0] ?? null),
    summary: steps.filter((step) => typeof step === "string" && step !== "").join(" -> "),
    details: chain,
  };
}

function plural(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}
