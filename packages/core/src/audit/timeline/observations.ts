import { type Candidate, type EntryRow, idOf, numberOf, objectOf, pick, textOf } from "./entry.ts";
import { captureExcerpt, shorten } from "./text.ts";

export function observeEntry(row: EntryRow): Candidate {
  return {
    seq: numberOf(row["completed_seq"]) ?? row.seq,
    timestamp: textOf(row["completed_at"] ?? row["started_at"]),
    actor: "manager",
    kind: "observe",
    source: "manager_cycles",
    source_id: idOf(row),
    summary: cycleSummary(row),
    details: { cycle_id: row["id"], ...pick(row, "state", "manager_capture_id", "worker_capture_id") },
  };
}

function cycleSummary(row: EntryRow): string {
  const status = objectOf(row["status"]);
  const worker = textOf(status["worker_session"]);
  if (row["state"] === "failed") return `cycle on ${worker || "the worker"} failed: ${shorten(row["error"])}`;
  if (status["kind"] !== "session_cycle") {
    const legacy = objectOf(status["worker_status"]);
    return [legacy["state"], legacy["current_task"]].filter(Boolean).join(": ") || shorten(row["error"]);
  }
  const staleness = numberOf(status["staleness_seconds"]);
  const pattern = textOf(status["notable_pane_pattern"]);
  return [
    `${worker} is ${textOf(status["state"])}`,
    staleness === null ? "" : `, last change ${staleness.toFixed(1)} s ago`,
    pattern === "" ? "" : ` [pane pattern: ${pattern}]`,
  ].join("");
}

export function cycleSpanEntry(row: EntryRow): Candidate {
  return {
    seq: row.seq,
    timestamp: textOf(row["completed_at"]),
    actor: "manager",
    kind: "manager_cycle_span",
    source: "manager_cycle_spans",
    source_id: idOf(row),
    summary: `cycle #${row["manager_cycle_id"]} ${textOf(row["phase"])} ${textOf(row["state"])} in ${row["duration_ms"]} ms`,
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

/** What became of a text that was typed into a session, or of its interruption, by hand. */
const TYPING_OUTCOMES: Readonly<Record<string, string>> = {
  session_nudge_succeeded: "nudged",
  session_nudge_failed: "could not be nudged",
  session_interrupt_succeeded: "interrupted",
  session_interrupt_failed: "could not be interrupted",
};

export function sessionNudgeEntry(row: EntryRow): Candidate {
  const attributes = objectOf(row["attributes"]);
  const session = textOf(objectOf(row["correlation"])["session"]);
  const length = attributes["text_length"] ?? attributes["followup_length"] ?? 0;
  const type = textOf(row["event_type"]);
  return {
    seq: row.seq,
    timestamp: textOf(row["timestamp"]),
    actor: "manager -> worker",
    kind: "session_nudge",
    source: "telemetry_events",
    source_id: idOf(row),
    summary: `${session} ${TYPING_OUTCOMES[type] ?? type}${attributes["dry_run"] === true ? " (dry run)" : ""}, ${length} characters`,
    details: { session, text_length: length, ...pick(attributes, "success", "dry_run") },
  };
}

const PATTERN_WORDS: Record<string, string> = { rate_limit_prompt: "waiting_for_model_choice", approval_prompt: "" };

export function captureEntry(row: EntryRow): Candidate {
  const role = textOf(row["role"]);
  const classifier = objectOf(row["classifier"]);
  const pattern = textOf(objectOf(classifier["busy_wait"])["pattern"]);
  const startup = Array.isArray(classifier["startup"]) ? textOf(classifier["startup"][0]) : "";
  const hints = [
    pattern === "" ? "" : (PATTERN_WORDS[pattern] ?? `busy_wait=${pattern}`),
    startup === "" ? "" : `startup=${startup}`,
  ].filter((hint) => hint !== "");
  const excerpt = typeof row["content"] === "string" ? captureExcerpt(row["content"]) : "";
  return {
    seq: row.seq,
    timestamp: textOf(row["captured_at"]),
    actor: role,
    kind: "capture",
    source: "terminal_captures",
    source_id: idOf(row),
    summary: [role, hints.join(" ") || `${row["line_count"]} lines`, excerpt].filter((part) => part !== "").join(": "),
    details: { capture_id: row["id"], ...pick(row, "classifier", "content_sha256", "line_count", "source") },
  };
}

export function transcriptSegmentEntry(row: EntryRow): Candidate {
  const role = textOf(row["role"]);
  const content = typeof row["segment_text"] === "string" ? row["segment_text"] : null;
  return {
    seq: row.seq,
    timestamp: textOf(row["captured_at"]),
    actor: role,
    kind: "transcript_segment",
    source: "transcript_segments",
    source_id: idOf(row),
    summary: content === null ? `${role} ${textOf(row["segment_kind"])}` : `${role}, ${row["line_count"]} lines`,
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
