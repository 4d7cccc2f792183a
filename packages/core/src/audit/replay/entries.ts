import type { AuditSection, ReplayEntry } from "@conveyor/contracts";
import type { EventName } from "@conveyor/contracts/events/catalogue";
import type { AuditRow } from "../sections.ts";
import { captureExcerpt, shorten } from "./text.ts";

/** An entry before ordering: what is shown, when in the ledger's order it happened, and which roles see it. */
export interface Candidate extends ReplayEntry {
  seq: number;
  seen_by: readonly string[];
}

/** How one kind of row becomes an entry; `from` is the least detailed format that shows it. */
export interface EntryMaker {
  section: AuditSection;
  from: "compact" | "timeline" | "spans" | "transcript" | "full-transcript";
  make(row: AuditRow): Candidate | undefined;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const object = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const pick = (row: Record<string, unknown>, ...keys: string[]) =>
  Object.fromEntries(keys.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]));
const keysOf = (value: unknown): string[] => Object.keys(object(value)).sort();
const id = (row: AuditRow) => (typeof row["id"] === "number" || typeof row["id"] === "string" ? row["id"] : null);

/** Roles besides `all` that see what a command did: its actor, and who it went between (spec 07 §7.10.2, Command entries). */
const COMMAND_ACTORS: Record<string, { actor: string; seen_by: readonly string[] }> = {
  finish_task: { actor: "manager", seen_by: ["manager"] },
  task_nudge: { actor: "manager -> worker", seen_by: ["manager", "worker"] },
  task_interrupt: { actor: "manager -> worker", seen_by: ["manager", "worker"] },
  promote: { actor: "system", seen_by: ["manager"] },
};
const OTHER_COMMAND = { actor: "workerctl", seen_by: ["workerctl", "manager"] };

function command(row: AuditRow): Candidate {
  const type = text(row["type"]);
  const { actor, seen_by } = COMMAND_ACTORS[type] ?? OTHER_COMMAND;
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor,
    seen_by,
    kind: type === "finish_task" ? "finish" : "command",
    source: "commands",
    source_id: id(row),
    summary: commandSummary(type, row),
    details: { command_id: row["id"], state: row["state"], type },
  };
}

function commandSummary(type: string, row: AuditRow): string {
  const payload = object(row["payload"]);
  const result = object(row["result"]);
  switch (type) {
    case "finish_task": {
      const reason = shorten(result["reason"] ?? payload["reason"]);
      const stage = text(result["failure_stage"]);
      if (row["state"] === "failed") return `not finished (${stage || "failed"}): ${reason || shorten(row["error"])}`;
      const manager = result["stop_manager"] === true ? "manager stopped" : "manager left open";
      return `${reason} (${manager})`;
    }
    case "task_nudge":
      return `nudge of ${text(payload["message"]).length || payload["message_byte_count"] || 0} characters`;
    case "task_interrupt":
      return `interrupt with follow-up of ${text(payload["followup"]).length || payload["followup_byte_count"] || 0} characters`;
    case "promote":
      return `worker ${text(payload["worker_session"])} put under manager ${text(payload["manager_session"])}`;
    case "close_manager":
      return `manager closed: ${shorten(result["reason"] ?? payload["reason"])}`;
    default:
      return `${nameOf(type)} ${text(row["state"])}`;
  }
}

/** What people call the messages between a worker and its manager; others go by their type. */
const NAMES: Readonly<Record<string, string>> = {
  worker_task_complete: "finished turn",
  notify_manager: "report",
  nudge_worker: "instruction",
  continue_iteration: "next iteration",
};

const nameOf = (type: string) => NAMES[type] ?? type.replaceAll("_", " ");

function attemptSummary(row: AuditRow): string {
  const error = shorten(row["error"]);
  return `attempt #${row["id"]} ${text(row["state"])}${error === "" ? "" : `: ${error}`}`;
}

function deliverySummary(row: AuditRow): string {
  const what = nameOf(text(row["signal_type"]));
  const whose = text(row["target_session_name"]);
  if (row["state"] !== "delivered") return `${what} for ${whose} ${text(row["state"])}`;
  return row["delivery_mode"] === "push"
    ? `${what} typed into the terminal of ${whose}`
    : `${what} put in the inbox of ${whose}`;
}

function commandAttempt(row: AuditRow): Candidate {
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
    timestamp: text(row["started_at"]),
    actor: "dispatch",
    seen_by: ["manager"],
    kind: "command_attempt",
    source: "command_attempts",
    source_id: id(row),
    summary: attemptSummary(row),
    details: { attempt_id: row["id"], ...pick(row, ...fields) },
  };
}

function routedNotification(row: AuditRow): Candidate {
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
    seq: number(row["delivered_seq"]) ?? row.seq,
    timestamp: text(row["delivered_at"] ?? row["created_at"]),
    actor: "dispatch",
    seen_by: ["manager", text(row["source_session_role"]), text(row["target_session_role"])],
    kind: "routed_notification",
    source: "routed_notifications",
    source_id: id(row),
    summary: deliverySummary(row),
    details: { notification_id: row["id"], ...pick(row, ...fields) },
  };
}

function notificationAcknowledgement(row: AuditRow): Candidate {
  const role = text(row["role"]);
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: role,
    seen_by: [role],
    kind: "notification_acknowledgement",
    source: "notification_acknowledgements",
    source_id: id(row),
    summary: `${role} acknowledged notification #${row["notification_id"]} as ${text(row["status"])}`,
    details: {
      acknowledgement_id: row["id"],
      ...pick(row, "notification_id", "correlation_id", "payload", "signal_type", "status"),
    },
  };
}

function correlationChain(row: AuditRow): Candidate {
  const steps = [
    text(row["command_type"]),
    text(row["command_state"]),
    number(row["source_event_id"]) !== null && `source event #${row["source_event_id"]}`,
    number(row["manager_decision_id"]) !== null && `decision #${row["manager_decision_id"]}`,
    number(row["manager_cycle_id"]) !== null && `cycle #${row["manager_cycle_id"]}`,
    plural((row["attempt_ids"] as unknown[]).length, "attempt"),
    plural((row["routed_notification_ids"] as unknown[]).length, "notification"),
  ];
  const { seq, ...chain } = row;
  return {
    seq,
    timestamp: text(row["created_at"]),
    actor: "dispatch",
    seen_by: ["manager"],
    kind: "correlation_chain",
    source: "correlation_chains",
    source_id: text(row["command_id"]) || ((row["routed_notification_ids"] as number[])[0] ?? null),
    summary: steps.filter((step) => typeof step === "string" && step !== "").join(" -> "),
    details: chain,
  };
}

function plural(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function decision(row: AuditRow): Candidate {
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: "manager",
    seen_by: ["manager"],
    kind: "decision",
    source: "manager_decisions",
    source_id: id(row),
    summary: `${text(row["decision"])}: ${shorten(row["reason"])}`,
    details: pick(row, "decision", "manager_cycle_id"),
  };
}

function acknowledgement(row: AuditRow): Candidate {
  const role = text(row["role"]);
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: role,
    seen_by: [role],
    kind: "acknowledgement",
    source: "task_acknowledgements",
    source_id: id(row),
    summary: `${role} acknowledged the contract, revision ${row["revision"]}`,
    details: { ack_id: row["id"], ...pick(row, "binding_id", "correlation_id", "revision", "role") },
  };
}

function continuation(row: AuditRow): Candidate {
  const proposer = text(row["proposer"]);
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: proposer,
    seen_by: [proposer],
    kind: "continuation",
    source: "task_continuations",
    source_id: id(row),
    summary: `${proposer} proposed how to continue, revision ${row["revision"]}`,
    details: {
      continuation_id: row["id"],
      payload_keys: keysOf(row["payload"]),
      ...pick(row, "correlation_id", "revision"),
    },
  };
}

function continuationReview(row: AuditRow): Candidate {
  const subagent = object(row["subagent_run"]);
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: "reviewer",
    seen_by: ["manager", "reviewer", "workerctl"],
    kind: "continuation_review",
    source: "continuation_reviews",
    source_id: id(row),
    summary: `proposals ${text(row["agreement"])}, verdict ${text(row["verdict"])}`,
    details: {
      ...pick(row, "agreement", "verdict", "correlation_id", "worker_continuation_id", "manager_continuation_id"),
      operator_routing_required: subagent["operator_routing_required"] ?? null,
    },
  };
}

function epilogue(row: AuditRow): Candidate {
  return {
    seq: number(row["finished_seq"]) ?? row.seq,
    timestamp: text(row["finished_at"] ?? row["started_at"]),
    actor: "manager",
    seen_by: ["manager", "workerctl"],
    kind: "epilogue",
    source: "epilogue_runs",
    source_id: id(row),
    summary: `${text(row["step_name"])} ${text(row["state"])}`,
    details: pick(row, "correlation_id", "error", "state", "step_name"),
  };
}

const CRITERION_CHANGES: readonly string[] = [
  "acceptance_criterion_added",
  "acceptance_criterion_updated",
] satisfies EventName[];

const CRITERION_VERBS: Record<string, string> = {
  proposed: "proposed",
  accepted: "accepted",
  satisfied: "satisfied",
  deferred: "deferred",
  rejected: "rejected",
};

function acceptanceCriterion(row: AuditRow): Candidate | undefined {
  const type = text(row["type"]);
  if (!CRITERION_CHANGES.includes(type)) return undefined;
  const payload = object(row["payload"]);
  const status = text(payload["status"]);
  const previous = text(payload["previous_status"]);
  const verb = CRITERION_VERBS[status] ?? (type.endsWith("_added") ? "added" : "updated");
  const transition = previous === "" ? "" : ` (${previous} -> ${status})`;
  const proof = text(payload["proof"]);
  const body =
    status === "satisfied"
      ? `${shorten(payload["criterion"])}${proof === "" ? "" : ` - proof recorded: ${shorten(proof)}`}`
      : status === "deferred" || status === "rejected"
        ? shorten(payload["rationale"] ?? payload["criterion"])
        : shorten(payload["criterion"]);
  return {
    seq: row.seq,
    timestamp: text(row["created_at"]),
    actor: text(row["actor"]),
    seen_by: ["manager"],
    kind: "acceptance_criterion",
    source: "events",
    source_id: id(row),
    summary: `${verb} #${payload["criterion_id"]}${transition}: ${body}`,
    details: {
      event_type: type,
      ...pick(
        payload,
        ...["criterion_id", "criterion", "status", "previous_status", "source", "task_id", "proof", "previous_proof"],
        ...["rationale", "previous_rationale", "evidence", "previous_evidence", "created"],
      ),
    },
  };
}

function observe(row: AuditRow): Candidate {
  return {
    seq: number(row["completed_seq"]) ?? row.seq,
    timestamp: text(row["completed_at"] ?? row["started_at"]),
    actor: "manager",
    seen_by: ["manager"],
    kind: "observe",
    source: "manager_cycles",
    source_id: id(row),
    summary: cycleSummary(row),
    details: { cycle_id: row["id"], ...pick(row, "state", "manager_capture_id", "worker_capture_id") },
  };
}

function cycleSummary(row: AuditRow): string {
  const status = object(row["status"]);
  const worker = text(status["worker_session"]);
  if (row["state"] === "failed") return `cycle on ${worker || "the worker"} failed: ${shorten(row["error"])}`;
  if (status["kind"] !== "session_cycle") {
    const legacy = object(status["worker_status"]);
    return [legacy["state"], legacy["current_task"]].filter(Boolean).join(": ") || shorten(row["error"]);
  }
  const staleness = number(status["staleness_seconds"]);
  const pattern = text(status["notable_pane_pattern"]);
  return [
    `${worker} is ${text(status["state"])}`,
    staleness === null ? "" : `, last change ${staleness.toFixed(1)} s ago`,
    pattern === "" ? "" : ` [pane pattern: ${pattern}]`,
  ].join("");
}

function cycleSpan(row: AuditRow): Candidate {
  return {
    seq: row.seq,
    timestamp: text(row["completed_at"]),
    actor: "manager",
    seen_by: ["manager"],
    kind: "manager_cycle_span",
    source: "manager_cycle_spans",
    source_id: id(row),
    summary: `cycle #${row["manager_cycle_id"]} ${text(row["phase"])} ${text(row["state"])} in ${row["duration_ms"]} ms`,
    details: pick(
      row,
      ...[
        "manager_cycle_id",
        "run_id",
        "state",
        "duration_ms",
        "attributes",
        "error_type",
        "command_id",
        "manager_decision_id",
      ],
    ),
  };
}

function sessionNudge(row: AuditRow): Candidate {
  const attributes = object(row["attributes"]);
  const session = text(object(row["correlation"])["session"]);
  const outcome = row["event_type"] === "session_nudge_succeeded" ? "nudged" : "could not be nudged";
  return {
    seq: row.seq,
    timestamp: text(row["timestamp"]),
    actor: "manager -> worker",
    seen_by: ["manager", "worker"],
    kind: "session_nudge",
    source: "telemetry_events",
    source_id: id(row),
    summary: `${session} ${outcome}${attributes["dry_run"] === true ? " (dry run)" : ""}, ${attributes["text_length"] ?? 0} characters`,
    details: { session, ...pick(attributes, "success", "text_length", "dry_run") },
  };
}

const PATTERN_WORDS: Record<string, string> = { rate_limit_prompt: "waiting_for_model_choice", approval_prompt: "" };

function capture(row: AuditRow): Candidate {
  const role = text(row["role"]);
  const classifier = object(row["classifier"]);
  const pattern = text(object(classifier["busy_wait"])["pattern"]);
  const startup = Array.isArray(classifier["startup"]) ? text(classifier["startup"][0]) : "";
  const hints = [
    pattern === "" ? "" : (PATTERN_WORDS[pattern] ?? `busy_wait=${pattern}`),
    startup === "" ? "" : `startup=${startup}`,
  ].filter((hint) => hint !== "");
  const excerpt = typeof row["content"] === "string" ? captureExcerpt(row["content"]) : "";
  return {
    seq: row.seq,
    timestamp: text(row["captured_at"]),
    actor: role,
    seen_by: [role],
    kind: "capture",
    source: "terminal_captures",
    source_id: id(row),
    summary: [role, hints.join(" ") || `${row["line_count"]} lines`, excerpt].filter((part) => part !== "").join(": "),
    details: { capture_id: row["id"], ...pick(row, "classifier", "content_sha256", "line_count", "source") },
  };
}

function transcriptSegment(row: AuditRow): Candidate {
  const role = text(row["role"]);
  const content = typeof row["segment_text"] === "string" ? row["segment_text"] : null;
  return {
    seq: row.seq,
    timestamp: text(row["captured_at"]),
    actor: role,
    seen_by: [role],
    kind: "transcript_segment",
    source: "transcript_segments",
    source_id: id(row),
    summary: content === null ? `${role} ${text(row["segment_kind"])}` : `${role}, ${row["line_count"]} lines`,
    details: pick(
      row,
      ...[
        "content_sha256",
        "line_count",
        "previous_capture_id",
        "retention_class",
        "segment_kind",
        "source_capture_id",
      ],
    ),
    content,
  };
}

/** Every kind of entry, and from which format on it is shown (spec 07 §7.10.2). */
export const ENTRY_MAKERS: readonly EntryMaker[] = [
  { section: "commands", from: "compact", make: command },
  { section: "command_attempts", from: "compact", make: commandAttempt },
  { section: "routed_notifications", from: "compact", make: routedNotification },
  { section: "notification_acknowledgements", from: "compact", make: notificationAcknowledgement },
  { section: "correlation_chains", from: "compact", make: correlationChain },
  { section: "manager_decisions", from: "compact", make: decision },
  { section: "task_acknowledgements", from: "compact", make: acknowledgement },
  { section: "task_continuations", from: "compact", make: continuation },
  { section: "continuation_reviews", from: "compact", make: continuationReview },
  { section: "epilogue_runs", from: "compact", make: epilogue },
  { section: "session_nudges", from: "compact", make: sessionNudge },
  { section: "events", from: "timeline", make: acceptanceCriterion },
  { section: "manager_cycles", from: "timeline", make: observe },
  { section: "manager_cycle_spans", from: "spans", make: cycleSpan },
  { section: "terminal_captures", from: "transcript", make: capture },
  { section: "transcript_segments", from: "full-transcript", make: transcriptSegment },
];
