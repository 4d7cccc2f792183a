/** Roles that a timeline can be looked at as (spec 07 §7.10.2). */
export type TimelineRole = "worker" | "manager" | "reviewer" | "workerctl";

/** One table's part of a task's timeline. Every text is SQL over the row `r`. */
export interface TimelineSource {
  /** Where its rows come from, `r` first. */
  from: string;
  /** Where its rows can be counted without the rest, as long as no condition asks for that. */
  counted_from?: string;
  /** Rows that are few in most ledgers and then found by an index of their own: are there many, and from where otherwise. */
  sparse?: { probe: string; from: string };
  /** What a row holds. */
  columns: string;
  /** The number in the ledger's sequence of the moment that the entry shows. */
  moment: string;
  /** The time of that moment. */
  at: string;
  /** Rows that make an entry; default all of the task. */
  where?: string;
  /** Which rows each role is shown; none where a role is missing. */
  seen_by: Readonly<Partial<Record<TimelineRole, string>>>;
  /** Rows that bear the correlation id `@correlation_id`, or are linked with what does. */
  correlated: string;
  /** Kinds of entries that its rows become, and which. */
  kinds: Readonly<Record<string, string>>;
  /** Columns that are flags. */
  flags?: readonly string[];
}

const ALL = "TRUE";
const MANAGER = { manager: ALL } as const;
/** To whoever did it. */
const BY_ROLE = { worker: "r.role = 'worker'", manager: "r.role = 'manager'" } as const;
const SIDE_EFFECTS = ["side_effect_started", "side_effect_completed"] as const;

const CRITERION_EVENTS = "'acceptance_criterion_added', 'acceptance_criterion_updated'";
const TYPING_EVENTS =
  "'session_nudge_succeeded', 'session_nudge_failed', 'session_interrupt_succeeded', 'session_interrupt_failed'";

/** Cycles that took a message of the correlation. */
const CYCLES_OF_CORRELATION = `SELECT consumed_manager_cycle_id FROM routed_notifications
  WHERE correlation_id = @correlation_id AND consumed_manager_cycle_id IS NOT NULL`;

const ITEM_FROM = `routed_notifications r
  JOIN sessions source ON source.id = r.source_session_id
  JOIN sessions target ON target.id = r.target_session_id
  LEFT JOIN sessions consumer ON consumer.id = r.consumed_by_session_id`;
const ITEM_COLUMNS = `r.*, source.name AS source_session_name, source.role AS source_session_role,
  target.name AS target_session_name, target.role AS target_session_role,
  consumer.name AS consumed_by_session_name, consumer.role AS consumed_by_session_role`;

/** What a timeline is made of, by the name under which its entries say where they come from. */
export const TIMELINE_SOURCES = {
  commands: {
    from: "commands r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: {
      worker: "r.type IN ('task_nudge', 'task_interrupt')",
      manager: ALL,
      workerctl: "r.type NOT IN ('finish_task', 'task_nudge', 'task_interrupt', 'promote')",
    },
    correlated: "r.correlation_id = @correlation_id",
    kinds: { command: "r.type <> 'finish_task'", finish: "r.type = 'finish_task'" },
  },
  command_attempts: {
    from: "command_attempts r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.started_at",
    seen_by: MANAGER,
    correlated: "r.correlation_id = @correlation_id",
    kinds: { command_attempt: ALL },
    flags: SIDE_EFFECTS,
  },
  routed_notifications: {
    from: ITEM_FROM,
    counted_from: "routed_notifications r",
    columns: ITEM_COLUMNS,
    moment: "coalesce(r.delivered_seq, r.seq)",
    at: "coalesce(r.delivered_at, r.created_at)",
    seen_by: { manager: ALL, worker: "'worker' IN (source.role, target.role)" },
    correlated: "r.correlation_id = @correlation_id",
    kinds: { routed_notification: ALL },
    flags: [...SIDE_EFFECTS, "fell_back"],
  },
  notification_acknowledgements: {
    from: "notification_acknowledgements r JOIN routed_notifications n ON n.id = r.notification_id",
    columns: "r.*, n.signal_type AS signal_type",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: BY_ROLE,
    correlated: "(r.correlation_id = @correlation_id OR n.correlation_id = @correlation_id)",
    kinds: { notification_acknowledgement: ALL },
  },
  /** Chains that begin with a command; `chains.ts` brings what each led to. */
  command_chains: {
    from: "commands r",
    columns: `r.seq, r.id, r.task_id, r.type, r.state, r.correlation_id, r.created_at,
      json_object('manager_decision', r.payload_json -> '$.manager_decision') AS payload_json,
      json_object('manager_decision', r.result_json -> '$.manager_decision') AS result_json`,
    moment: "r.seq",
    at: "r.created_at",
    seen_by: MANAGER,
    correlated: "r.correlation_id = @correlation_id",
    kinds: { correlation_chain: ALL },
  },
  /** Chains that begin with a message that no command asked for. */
  item_chains: {
    from: "routed_notifications r",
    sparse: {
      probe: "SELECT count(*) AS n FROM (SELECT 1 FROM routed_notifications WHERE command_id IS NULL LIMIT 1000)",
      from: "routed_notifications r INDEXED BY routed_notifications_command_id",
    },
    columns: `r.seq, r.id, r.task_id, r.command_id, r.state, r.signal_type, r.correlation_id, r.created_at,
      r.consumed_manager_cycle_id, r.source_event_id`,
    moment: "r.seq",
    at: "r.created_at",
    where: "r.command_id IS NULL",
    seen_by: MANAGER,
    correlated: "r.correlation_id = @correlation_id",
    kinds: { correlation_chain: ALL },
  },
  manager_decisions: {
    from: "manager_decisions r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: MANAGER,
    correlated: `r.manager_cycle_id IN (${CYCLES_OF_CORRELATION})`,
    kinds: { decision: ALL },
  },
  task_acknowledgements: {
    from: "task_acknowledgements r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: BY_ROLE,
    correlated: "r.correlation_id = @correlation_id",
    kinds: { acknowledgement: ALL },
  },
  task_continuations: {
    from: "task_continuations r",
    // What a worker proposes stays closed until the manager has made a proposal of its own (spec 07 §7.7.3).
    columns: `r.*, (r.proposer = 'worker' AND NOT EXISTS (SELECT 1 FROM task_continuations own
      WHERE own.task_id = r.task_id AND own.correlation_id = r.correlation_id AND own.proposer = 'manager')) AS withheld`,
    moment: "r.seq",
    at: "r.created_at",
    seen_by: { worker: "r.proposer = 'worker'", manager: "r.proposer = 'manager'" },
    correlated: "r.correlation_id = @correlation_id",
    kinds: { continuation: ALL },
    flags: ["withheld", "after_disclosure"],
  },
  continuation_reviews: {
    from: "continuation_reviews r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: { manager: ALL, reviewer: ALL, workerctl: ALL },
    correlated: "r.correlation_id = @correlation_id",
    kinds: { continuation_review: ALL },
  },
  epilogue_runs: {
    from: "epilogue_runs r",
    columns: "r.*",
    moment: "coalesce(r.finished_seq, r.seq)",
    at: "coalesce(r.finished_at, r.started_at)",
    seen_by: { manager: ALL, workerctl: ALL },
    correlated: "r.correlation_id = @correlation_id",
    kinds: { epilogue: ALL },
  },
  worker_handoffs: {
    from: "worker_handoffs r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    seen_by: { worker: ALL },
    correlated: "FALSE",
    kinds: { handoff: ALL },
  },
  telemetry_events: {
    from: "telemetry_events r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.timestamp",
    where: `r.event_type IN (${TYPING_EVENTS})`,
    seen_by: { manager: ALL, worker: ALL },
    correlated: "json_extract(r.correlation_json, '$.correlation_id') = @correlation_id",
    kinds: { session_nudge: ALL },
  },
  events: {
    from: "events r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.created_at",
    where: `r.type IN (${CRITERION_EVENTS})`,
    seen_by: MANAGER,
    correlated: "r.correlation_id = @correlation_id",
    kinds: { acceptance_criterion: ALL },
  },
  manager_cycles: {
    from: "manager_cycles r",
    columns: "r.*",
    moment: "coalesce(r.completed_seq, r.seq)",
    at: "coalesce(r.completed_at, r.started_at)",
    seen_by: MANAGER,
    correlated: `r.id IN (${CYCLES_OF_CORRELATION})`,
    kinds: { observe: ALL },
  },
  manager_cycle_spans: {
    from: "manager_cycle_spans r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.completed_at",
    seen_by: MANAGER,
    correlated: `r.manager_cycle_id IN (${CYCLES_OF_CORRELATION})`,
    kinds: { manager_cycle_span: ALL },
  },
  terminal_captures: {
    from: "terminal_captures r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.captured_at",
    // The same screen of the same role stands once, where it was first seen.
    where: `NOT EXISTS (SELECT 1 FROM terminal_captures e WHERE e.task_id = r.task_id AND e.role = r.role
      AND e.content_sha256 = r.content_sha256 AND e.seq < r.seq)`,
    seen_by: BY_ROLE,
    correlated: "FALSE",
    kinds: { capture: ALL },
  },
  transcript_segments: {
    from: "transcript_segments r",
    columns: "r.*",
    moment: "r.seq",
    at: "r.captured_at",
    seen_by: BY_ROLE,
    correlated: "FALSE",
    kinds: { transcript_segment: ALL },
    flags: ["redacted"],
  },
} as const satisfies Record<string, TimelineSource>;

export type TimelineSourceName = keyof typeof TIMELINE_SOURCES;

/** A source seen as what all of them are. */
export function timelineSource(name: TimelineSourceName): TimelineSource {
  return TIMELINE_SOURCES[name];
}
