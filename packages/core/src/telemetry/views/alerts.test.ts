import { describe, expect, it } from "vitest";
import { type AlertFacts, type AlertView, alertsOf } from "./alerts.ts";

const thresholds = {
  ...{ max_open_criteria: 1, max_storage_bytes: 100, max_unfinished_commands: 2 },
  ...{ stale_cycle_seconds: 60, worker_staleness_seconds: 60 },
};
const cycle = {
  ...{ id: 7, task_id: "t", started_at: "x", completed_at: null, status: {}, health: {}, decision: null },
  ...{ state: "failed", error: "it broke", notable_pane_pattern: "approval_prompt" },
};
const wrong: AlertFacts = {
  ...{
    thresholds,
    integrity_issues: ["managed_without_active_manager"],
    latest_cycle: cycle,
    latest_cycle_stale: true,
  },
  ...{ open_accepted: 2, unfinished: 3, failed: 1, telemetry_errors: 1, dangling: 1, stuck: 1, dead_sessions: ["w"] },
  ...{ skipped_lines: 1, ingest_errors: 1, storage_bytes: 101, stale_sessions: 1, schema_ok: false },
  ...{ failed_cycles: 1, pane_failures: 1 },
};
const TASK = ["integrity_issue", "latest_cycle_failed", "notable_pane_pattern", "open_accepted_criteria"];
const LATER = ["unfinished_commands", "failed_commands", "telemetry_errors", "dangling_binding", "stuck_task"];

describe("alerts", () => {
  it.each<[AlertView, string[]]>([
    ["task_snapshot", [...TASK, ...LATER, "dead_pid_session"]],
    ["task_view", [...TASK, ...LATER, "dead_pid_session", "stale_cycle", "ingest_skipped_lines", "ingest_errors"]],
    [
      "task_check",
      [
        ...[...TASK, ...LATER, "dead_pid_session", "stale_cycle", "ingest_skipped_lines", "ingest_errors"],
        ...["storage_bytes", "stale_sessions"],
      ],
    ],
    [
      "operator",
      [
        ...["open_accepted_criteria", "unfinished_commands", "failed_commands", "storage_bytes", "stale_sessions"],
        ...["schema_health", "dead_pid_sessions", "reconcile_drift", "stale_cycles", "failed_cycles"],
      ],
    ],
    [
      "failures",
      ["open_accepted_criteria", "failed_commands", "ingest_errors", "failed_cycles", "pane_capture_failures"],
    ],
  ])("of %s are those that the chapter lists for it", (view, types) => {
    expect(alertsOf(view, wrong).map(({ type }) => type)).toEqual(types);
    expect(alertsOf(view, { thresholds, latest_cycle: null, schema_ok: true })).toEqual([]);
  });

  it("judge by the thresholds where a view judges, and tell of anything elsewhere", () => {
    const some: AlertFacts = { thresholds, open_accepted: 1, unfinished: 2, storage_bytes: 100 };
    expect(alertsOf("task_check", some)).toEqual([]);
    expect(alertsOf("operator", some)).toEqual([]);
    expect(alertsOf("task_view", some).map(({ type }) => type)).toEqual([
      "open_accepted_criteria",
      "unfinished_commands",
    ]);
    const unlimited = { ...wrong, thresholds: { ...thresholds, max_storage_bytes: null } };
    expect(alertsOf("task_check", unlimited).map(({ type }) => type)).not.toContain("storage_bytes");
  });
});
