/** What a view of telemetry is about; all of it must hold (spec 07 §7.10.5, Filters, Run scoping). */
export interface ViewScope {
  task_id?: string | undefined;
  run_id?: string | undefined;
  /** Only tasks that are open. */
  active_only?: boolean | undefined;
  /** Not before this time, and not after that. */
  since?: string | undefined;
  until?: string | undefined;
}

/** The tables that a view scopes. */
export type ScopedTable =
  | "commands"
  | "command_attempts"
  | "manager_cycles"
  | "acceptance_criteria"
  | "telemetry_events";

export interface ScopeCondition {
  /** What follows WHERE, over the row `r`; TRUE when everything is meant. */
  sql: string;
  bound: Record<string, unknown>;
}

const RUN_KEYS = ["$.ralph_loop.run_id", "$.loop_policy.run_id", "$.ralph_loop_run_id", "$.loop_run_id", "$.run_id"];
const runOfCommand = (row: string) =>
  `coalesce(${["payload_json", "result_json"]
    .flatMap((column) => RUN_KEYS.map((key) => `json_extract(${row}.${column}, '${key}')`))
    .join(", ")}) = @run_id`;

const OF_RUN: Readonly<Record<ScopedTable, string>> = {
  commands: runOfCommand("r"),
  command_attempts: `EXISTS (SELECT 1 FROM commands c WHERE c.id = r.command_id AND ${runOfCommand("c")})`,
  manager_cycles: "EXISTS (SELECT 1 FROM manager_cycle_spans s WHERE s.manager_cycle_id = r.id AND s.run_id = @run_id)",
  acceptance_criteria: "coalesce(r.loop_run_id, json_extract(r.evidence_json, '$.ralph_loop_run_id')) = @run_id",
  telemetry_events: "r.run_id = @run_id",
};

/** Which time of a row the window is about: creation, or with `ended` its last change. */
const BEGUN: Readonly<Record<ScopedTable, string>> = {
  commands: "r.created_at",
  command_attempts: "r.started_at",
  manager_cycles: "r.started_at",
  acceptance_criteria: "r.created_at",
  telemetry_events: "r.timestamp",
};
const ENDED: Readonly<Record<ScopedTable, string>> = {
  ...BEGUN,
  commands: "r.updated_at",
  manager_cycles: "coalesce(r.completed_at, r.started_at)",
};

/** The scope as a condition on a table. */
export function scopeCondition(
  table: ScopedTable,
  { task_id, run_id, active_only, since, until }: ViewScope,
  by: "begun" | "ended" = "begun",
): ScopeCondition {
  const time = (by === "begun" ? BEGUN : ENDED)[table];
  const parts: [given: boolean, sql: string, bound: Record<string, unknown>][] = [
    [task_id !== undefined, "r.task_id = @task_id", { task_id }],
    [run_id !== undefined, OF_RUN[table], { run_id }],
    [active_only === true, "r.task_id IN (SELECT id FROM tasks WHERE state IN ('candidate', 'managed', 'paused'))", {}],
    [since !== undefined, `${time} >= @since`, { since }],
    [until !== undefined, `${time} <= @until`, { until }],
  ];
  const given = parts.filter(([isGiven]) => isGiven);
  return {
    sql: given.length === 0 ? "TRUE" : given.map(([, sql]) => `(${sql})`).join(" AND "),
    bound: Object.assign({}, ...given.map(([, , bound]) => bound)),
  };
}
