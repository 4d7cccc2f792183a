import { type Candidate, type EntryRow, idOf, keysOf, numberOf, objectOf, pick, textOf } from "./entry.ts";
import { shorten } from "./text.ts";

export function decisionEntry(row: EntryRow): Candidate {
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: "manager",
    kind: "decision",
    source: "manager_decisions",
    source_id: idOf(row),
    summary: `${textOf(row["decision"])}: ${shorten(row["reason"])}`,
    details: pick(row, "decision", "manager_cycle_id"),
  };
}

export function acknowledgementEntry(row: EntryRow): Candidate {
  const role = textOf(row["role"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: role,
    kind: "acknowledgement",
    source: "task_acknowledgements",
    source_id: idOf(row),
    summary: `${role} acknowledged the contract, revision ${row["revision"]}`,
    details: { ack_id: row["id"], ...pick(row, "binding_id", "correlation_id", "revision", "role") },
  };
}

export function continuationEntry(row: EntryRow): Candidate {
  const proposer = textOf(row["proposer"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: proposer,
    kind: "continuation",
    source: "task_continuations",
    source_id: idOf(row),
    summary: `${proposer} proposed how to continue, revision ${row["revision"]}`,
    details: {
      continuation_id: row["id"],
      payload_keys: keysOf(row["payload"]),
      ...pick(row, "correlation_id", "revision"),
    },
  };
}

export function continuationReviewEntry(row: EntryRow): Candidate {
  const subagent = objectOf(row["subagent_run"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: "reviewer",
    kind: "continuation_review",
    source: "continuation_reviews",
    source_id: idOf(row),
    summary: `proposals ${textOf(row["agreement"])}, verdict ${textOf(row["verdict"])}`,
    details: {
      ...pick(row, "agreement", "verdict", "correlation_id", "worker_continuation_id", "manager_continuation_id"),
      operator_routing_required: subagent["operator_routing_required"] ?? null,
    },
  };
}

export function epilogueEntry(row: EntryRow): Candidate {
  return {
    seq: numberOf(row["finished_seq"]) ?? row.seq,
    timestamp: textOf(row["finished_at"] ?? row["started_at"]),
    actor: "manager",
    kind: "epilogue",
    source: "epilogue_runs",
    source_id: idOf(row),
    summary: `${textOf(row["step_name"])} ${textOf(row["state"])}`,
    details: pick(row, "correlation_id", "error", "state", "step_name"),
  };
}

const CRITERION_VERBS: Record<string, string> = {
  proposed: "proposed",
  accepted: "accepted",
  satisfied: "satisfied",
  deferred: "deferred",
  rejected: "rejected",
};

export function acceptanceCriterionEntry(row: EntryRow): Candidate {
  const type = textOf(row["type"]);
  const payload = objectOf(row["payload"]);
  const status = textOf(payload["status"]);
  const previous = textOf(payload["previous_status"]);
  const verb = CRITERION_VERBS[status] ?? (type.endsWith("_added") ? "added" : "updated");
  const transition = previous === "" ? "" : ` (${previous} -> ${status})`;
  const proof = textOf(payload["proof"]);
  const body =
    status === "satisfied"
      ? `${shorten(payload["criterion"])}${proof === "" ? "" : ` - proof recorded: ${shorten(proof)}`}`
      : status === "deferred" || status === "rejected"
        ? shorten(payload["rationale"] ?? payload["criterion"])
        : shorten(payload["criterion"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: textOf(row["actor"]),
    kind: "acceptance_criterion",
    source: "events",
    source_id: idOf(row),
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

/** What a worker left for its successor: the summary is shown, the steps are counted. */
export function handoffEntry(row: EntryRow): Candidate {
  const steps = row["next_steps"];
  return {
    seq: row.seq,
    timestamp: textOf(row["created_at"]),
    actor: "worker",
    kind: "handoff",
    source: "worker_handoffs",
    source_id: idOf(row),
    summary: `handed over: ${shorten(row["summary"])}`,
    details: { handoff_id: row["id"], next_step_count: Array.isArray(steps) ? steps.length : 0 },
  };
}
