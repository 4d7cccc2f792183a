import Database from "better-sqlite3";
import { earlierSchemaSql } from "./earlier-schema.ts";

export type EarlierRow = Record<string, string | number | null>;

/** A database of the earlier tool that a test fills. Everything not given gets a value that fits. */
export class EarlierLedger {
  readonly path: string;
  readonly db: Database.Database;

  constructor(path: string, options: { version?: number; without?: readonly string[] } = {}) {
    const { version = 26, without = [] } = options;
    this.path = path;
    this.db = new Database(path);
    this.db.pragma("journal_mode = WAL");
    this.db.exec(earlierSchemaSql(without));
    this.db.prepare("INSERT INTO schema_migrations VALUES (?, '2026-01-01T00:00:00Z')").run(version);
    this.db.pragma(`user_version = ${version}`);
  }

  add(table: string, row: EarlierRow): number {
    const names = Object.keys(row);
    const places = names.map(() => "?").join(", ");
    const result = this.db
      .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`)
      .run(...Object.values(row));
    return Number(result.lastInsertRowid);
  }

  task(id: string, row: EarlierRow = {}): void {
    const created_at = String(row["created_at"] ?? "2026-01-02T08:00:00Z");
    this.add("tasks", {
      id,
      name: id,
      goal: "make it work",
      state: "candidate",
      created_at,
      updated_at: created_at,
      ...row,
    });
  }

  session(id: string, row: EarlierRow = {}): void {
    const own = { id, name: id, role: "worker", identity_token: `session-token-${id}`, cwd: "/tmp", state: "active" };
    this.add("sessions", { ...own, registered_at: "2026-01-02T08:00:01Z", ...row });
  }

  command(id: string, row: EarlierRow = {}): void {
    const at = String(row["created_at"] ?? "2026-01-02T09:00:00.500Z");
    const own = {
      id,
      idempotency_key: id,
      created_at: at,
      updated_at: at,
      type: "nudge_worker",
      state: "pending",
      payload_json: "{}",
    };
    this.add("commands", { ...own, ...row });
  }

  record(session_id: string, byte_offset: number, row: EarlierRow = {}): number {
    const own = { session_id, timestamp: "2026-01-02T09:01:00.100Z", type: "event_msg", subtype: "agent_message" };
    return this.add("codex_events", {
      ...own,
      payload_json: '{"message":"hi","type":"agent_message"}',
      byte_offset,
      ingested_at: "2026-01-02T09:01:01Z",
      ...row,
    });
  }

  event(type: string, row: EarlierRow = {}): number {
    return this.add("events", {
      created_at: "2026-01-02T08:00:00Z",
      actor: "workerctl",
      type,
      payload_json: "{}",
      ...row,
    });
  }

  telemetry(id: string, row: EarlierRow = {}): void {
    const own = {
      id,
      timestamp: "2026-01-02T08:00:00Z",
      actor: "workerctl",
      event_type: "task_created",
      severity: "info",
    };
    this.add("telemetry_events", {
      ...own,
      summary: `telemetry ${id}`,
      correlation_json: "{}",
      attributes_json: "{}",
      ...row,
    });
  }

  close(): void {
    this.db.close();
  }
}

/** A supervised pair with work done and work waiting, in every table that matters, its times in both precisions. */
export function fillWithWork(ledger: EarlierLedger): void {
  ledger.task("task-auth", {
    name: "auth",
    state: "managed",
    created_at: "2026-01-02T08:00:00Z",
    updated_at: "2026-01-02T10:00:00.250Z",
  });
  ledger.session("session-w", {
    name: "auth-worker",
    tmux_session: "codex-auth-worker",
    tmux_pane_id: "%3",
    pid: 4242,
    codex_session_path: "/home/u/.codex/sessions/2026/01/02/rollout-w.jsonl",
    codex_session_id: "thread-w",
    last_ingest_offset: 900,
    last_heartbeat_at: "2026-01-02T09:30:00Z",
  });
  ledger.session("session-m", {
    name: "auth-manager",
    role: "manager",
    pid: 4243,
    registered_at: "2026-01-02T08:00:01.500Z",
  });
  ledger.session("session-d", {
    name: "app-worker",
    pid: 99,
    codex_session_path: "/p/.codex-workers/disposable-sessions/rollout-app-worker.jsonl",
    state: "gone",
    registered_at: "2026-01-02T08:00:02Z",
  });
  ledger.add("bindings", {
    id: "binding-1",
    task_id: "task-auth",
    worker_session_id: "session-w",
    manager_session_id: "session-m",
    state: "active",
    created_at: "2026-01-02T08:00:03Z",
  });
  ledger.add("runs", {
    id: "run-1",
    task_id: "task-auth",
    name: "auth-run",
    status: "active",
    started_at: "2026-01-02T08:00:03.100Z",
    metadata_json: "{}",
  });
  ledger.add("manager_configs", {
    task_id: "task-auth",
    supervision_mode: "guided",
    guidelines_json: "[]",
    acceptance_criteria_json: "[]",
    reference_paths_json: "[]",
    permissions_json: "{}",
    created_at: "2026-01-02T08:01:00Z",
    updated_at: "2026-01-02T08:01:00Z",
  });
  ledger.add("acceptance_criteria", {
    task_id: "task-auth",
    criterion: "it works",
    status: "accepted",
    source: "user_requested",
    evidence_json: "{}",
    created_at: "2026-01-02T08:02:00Z",
    updated_at: "2026-01-02T08:03:00Z",
  });
  for (const state of ["pending", "attempted", "succeeded", "failed", "blocked"]) {
    ledger.command(`command-${state}`, { state, task_id: "task-auth", correlation_id: `c-${state}` });
  }
  const attempt = { correlation_id: "c", dispatcher_id: "d", started_at: "2026-01-02T09:00:01Z" };
  ledger.add("command_attempts", { ...attempt, command_id: "command-attempted", state: "running" });
  ledger.add("command_attempts", {
    ...attempt,
    command_id: "command-attempted",
    state: "running",
    started_at: "2026-01-02T09:00:05Z",
  });
  ledger.record("session-w", 0, {
    type: "event_msg",
    subtype: "task_started",
    payload_json: '{"turn_id":"t1","type":"task_started"}',
    timestamp: "2026-01-02T09:01:00.100Z",
  });
  const done = ledger.record("session-w", 400, {
    subtype: "task_complete",
    payload_json: '{"last_agent_message":"done","turn_id":"t1","type":"task_complete"}',
    timestamp: "2026-01-02T09:05:00.900Z",
  });
  const cycle = ledger.add("manager_cycles", {
    task_id: "task-auth",
    started_at: "2026-01-02T09:06:00Z",
    completed_at: "2026-01-02T09:06:00.300Z",
    state: "succeeded",
    status_json: "{}",
  });
  ledger.add("manager_decisions", {
    task_id: "task-auth",
    manager_cycle_id: cycle,
    decision: "wait",
    reason: "busy",
    created_at: "2026-01-02T09:06:01Z",
    payload_json: "{}",
  });
  ledger.add("manager_cycle_spans", {
    manager_cycle_id: cycle,
    task_id: "task-auth",
    phase: "start_cycle",
    started_at: "2026-01-02T09:06:00Z",
    completed_at: "2026-01-02T09:06:00.100Z",
    duration_ms: 100,
    state: "succeeded",
    attributes_json: "{}",
  });
  const notification = ledger.add("routed_notifications", {
    task_id: "task-auth",
    binding_id: "binding-1",
    correlation_id: "n1",
    source_session_id: "session-w",
    target_session_id: "session-m",
    signal_type: "worker_task_complete",
    source_event_id: done,
    dedupe_key: `binding-1:worker_task_complete:session-w:${done}`,
    created_at: "2026-01-02T09:05:02Z",
    delivered_at: "2026-01-02T09:05:03Z",
    consumed_at: "2026-01-02T09:06:00.200Z",
    consumed_manager_cycle_id: cycle,
    state: "delivered",
    payload_json: '{"message":"done"}',
  });
  ledger.add("notification_acknowledgements", {
    task_id: "task-auth",
    binding_id: "binding-1",
    notification_id: notification,
    role: "manager",
    status: "received",
    payload_json: "{}",
    created_at: "2026-01-02T09:07:00Z",
  });
  // The earlier tool's own confusion: the later event carries the coarser, and as text the larger, time.
  ledger.event("task_created", { task_id: "task-auth", created_at: "2026-01-02T08:00:00Z" });
  ledger.event("binding_created", { task_id: "task-auth", created_at: "2026-01-02T08:00:03.826Z" });
  ledger.event("manager_decision_recorded", { task_id: "task-auth", created_at: "2026-01-02T08:00:04Z" });
  ledger.telemetry("telemetry-1", {
    task_id: "task-auth",
    run_id: "run-1",
    summary: "the worker compiled the parser",
    timestamp: "2026-01-02T09:05:03Z",
  });
  ledger.add("workers", {
    id: "worker-old",
    name: "old",
    tmux_session: "codex-old",
    identity_token: "workerctl-old",
    cwd: "/tmp",
    state: "stopped",
    created_at: "2026-01-01T08:00:00Z",
    updated_at: "2026-01-01T08:00:00Z",
  });
  ledger.add("statuses", {
    worker_id: "worker-old",
    state: "done",
    current_task: "docs",
    created_at: "2026-01-01T09:00:00Z",
  });
  ledger.add("data_migrations", {
    name: "compat:old/config.json:abc",
    source_path: "old/config.json",
    source_hash: "abc",
    applied_at: "2026-01-01T10:00:00Z",
  });
}
