/** What `prune` can drop (spec 02 §8.14, 07 §7.10.7). */
export type RetentionKind =
  | "transcript-captures"
  | "terminal-captures"
  | "segments"
  | "codex-events"
  | "heartbeats"
  | "agent-facts"
  | "telemetry";

/** One table's part of a kind. Every text is SQL over the row `r`; `@task_id` is the wanted task. */
export interface RetentionRule {
  kind: RetentionKind;
  table: string;
  /** The newest rows of each of these groups stay. */
  group: string;
  /** Rows that still have something to drop. */
  has_content: string;
  /** How many bytes that is. */
  bytes: string;
  /** When it was recorded; compared with the window. */
  time: string;
  /** Rows that belong to a task. */
  of_task: string;
  /** Rows that stay whatever is asked for. */
  stays: string;
  /** What the row becomes; `delete` for what is only a record for people (spec 07 §7.9.2). */
  becomes: string | "delete";
  /** At least this many of each group stay. */
  keeps_at_least?: number;
  /** Nothing younger than this many days is dropped. */
  youngest_days?: number;
}

/** Captures whose text the next capture of an open task is compared with: content is stored once per hash. */
const NEXT_DELTA_NEEDS_IT = `EXISTS (
  SELECT 1 FROM tasks t JOIN terminal_captures newest ON newest.task_id = t.id AND newest.role = r.role
  WHERE t.id = r.task_id AND t.state IN ('candidate', 'managed', 'paused')
    AND newest.seq = (SELECT max(c.seq) FROM terminal_captures c WHERE c.task_id = r.task_id AND c.role = r.role)
    AND newest.content_sha256 = r.content_sha256)`;

const SESSION_OF_TASK = `r.session_id IN (
  SELECT worker_session_id FROM bindings WHERE task_id = @task_id
  UNION SELECT manager_session_id FROM bindings WHERE task_id = @task_id)`;

/** Records from which turns are derived again keep their facts and lose the words (spec 02 §4.4). */
const EVENT_WITHOUT_CONTENT = `CASE
  WHEN r.type = 'compacted' OR r.subtype IN ('task_started', 'task_complete', 'turn_aborted', 'user_message',
    'context_compacted', 'entered_review_mode', 'exited_review_mode')
    THEN json_remove(r.payload_json, '$.last_agent_message', '$.message', '$.review_output', '$.user_facing_hint', '$.text_elements')
  WHEN r.subtype = 'item_completed' THEN json_remove(r.payload_json, '$.item.content', '$.item.text', '$.item.review')
  ELSE '{}' END`;

const FLOW_TYPES = "'dispatch_watch_heartbeat', 'app_heartbeat'";

export const RETENTION_RULES: readonly RetentionRule[] = [
  {
    kind: "transcript-captures",
    table: "transcript_captures",
    group: "r.worker_id",
    has_content: "r.content IS NOT NULL",
    bytes: "length(CAST(r.content AS BLOB))",
    time: "r.captured_at",
    of_task: "r.worker_id IN (SELECT worker_id FROM bindings WHERE task_id = @task_id)",
    stays: "0",
    becomes: "content = NULL, capture_kind = 'metadata_only', retention_class = 'warm'",
  },
  {
    kind: "terminal-captures",
    table: "terminal_captures",
    group: "r.task_id, r.role",
    has_content: "r.content IS NOT NULL",
    bytes: "length(CAST(r.content AS BLOB))",
    time: "r.captured_at",
    of_task: "r.task_id = @task_id",
    stays: NEXT_DELTA_NEEDS_IT,
    becomes: "content = NULL, retention_class = 'cold'",
  },
  {
    kind: "segments",
    table: "transcript_segments",
    group: "r.task_id, r.role",
    has_content: "r.segment_text IS NOT NULL",
    bytes: "length(CAST(r.segment_text AS BLOB))",
    time: "r.captured_at",
    of_task: "r.task_id = @task_id",
    stays: "0",
    becomes: "segment_text = NULL, retention_class = 'cold'",
  },
  {
    kind: "codex-events",
    table: "codex_events",
    group: "r.session_id",
    has_content: `r.payload_json <> ${EVENT_WITHOUT_CONTENT}`,
    bytes: `length(CAST(r.payload_json AS BLOB)) - length(CAST(${EVENT_WITHOUT_CONTENT} AS BLOB))`,
    time: "r.ingested_at",
    of_task: SESSION_OF_TASK,
    // The receipt of the latest finished turn, and what somebody has still to read.
    stays: `r.id = (SELECT max(d.event_id) FROM turn_ends d WHERE d.session_id = r.session_id AND d.fact = 'ended')
      OR EXISTS (SELECT 1 FROM routed_notifications n WHERE n.source_event_id = r.id AND n.consumed_at IS NULL AND n.submission IS NOT 'confirmed')`,
    becomes: `payload_json = ${EVENT_WITHOUT_CONTENT.replaceAll("r.", "")}, payload_truncated = 1`,
  },
  {
    kind: "heartbeats",
    table: "telemetry_events",
    group:
      "r.event_type, coalesce(json_extract(r.correlation_json, '$.dispatcher_id'), json_extract(r.attributes_json, '$.session_id'))",
    has_content: `r.event_type IN (${FLOW_TYPES})`,
    bytes: "length(CAST(r.summary || r.correlation_json || r.attributes_json AS BLOB))",
    time: "r.timestamp",
    of_task: "r.task_id = @task_id",
    stays: "0",
    becomes: "delete",
    keeps_at_least: 1000,
  },
  {
    kind: "heartbeats",
    table: "role_heartbeats",
    group: "r.session_id",
    has_content: "1",
    bytes: "0",
    time: "r.recorded_at",
    of_task: "r.task_id = @task_id",
    stays: "0",
    becomes: "delete",
    keeps_at_least: 1000,
  },
  {
    kind: "agent-facts",
    table: "agent_facts",
    group: "r.session_id",
    has_content:
      "r.kind IN ('item_started', 'item_completed') AND (r.payload_json <> '{}' OR r.content_json IS NOT NULL)",
    bytes: "length(CAST(r.payload_json || coalesce(r.content_json, '') AS BLOB))",
    time: "r.received_at",
    of_task: SESSION_OF_TASK,
    stays: "0",
    becomes: "payload_json = '{}', content_json = NULL",
    youngest_days: 30,
  },
  {
    kind: "telemetry",
    table: "telemetry_events",
    group: "r.task_id",
    has_content: "1",
    bytes: "length(CAST(r.summary || r.correlation_json || r.attributes_json AS BLOB))",
    time: "r.timestamp",
    of_task: "r.task_id = @task_id",
    stays: "0",
    becomes: "delete",
  },
];
