import { describe, expect, it } from "vitest";
import { usePlans } from "../testing/plans.ts";
import { conditionOf, type TelemetryFilter, TRACE_TELEMETRY_SQL } from "./index.ts";

describe("the telemetry of a correlation id", () => {
  const planOf = usePlans();

  it("is looked up by the id, and by the commands and messages that bear it", async () => {
    const plan = await planOf(TRACE_TELEMETRY_SQL);
    for (const index of ["correlation_id", "command_id", "notification_id"])
      expect(plan.join("\n")).toMatch(new RegExp(`SEARCH t USING .*INDEX telemetry_events_${index} \\(<expr>=\\?`));
    expect(plan.filter((step) => /^SCAN (?!c VIRTUAL|n VIRTUAL|CONSTANT|\(subquery)/.test(step))).toEqual([]);
  });
});

describe("a telemetry filter", () => {
  const plans = usePlans();

  const planOf = (filter: TelemetryFilter) => {
    const { sql, bound } = conditionOf(filter);
    return plans(`SELECT id FROM telemetry_events WHERE ${sql} ORDER BY seq LIMIT 10`, bound);
  };

  it.each<[TelemetryFilter, string]>([
    [{ after: 7 }, "telemetry_events_seq"],
    [{ after: 7, severity: "error" }, "telemetry_events_seq"],
    [{ after: 7, task_id: "task-1" }, "telemetry_events_task_id_seq"],
    [{ after: 7, run_id: "run-1" }, "telemetry_events_run_id_seq"],
    [{ after: 7, actor: "worker" }, "telemetry_events_actor_seq"],
    [{ after: 7, event_type: "probe" }, "telemetry_events_event_type_seq"],
  ])("%j looks only at what may match and came later, in its order", async (filter, index) => {
    const plan = await planOf(filter);
    expect(plan).toEqual([expect.stringMatching(new RegExp(`^SEARCH .* INDEX ${index} .*seq>\\?`))]);
  });

  it("that searches looks up the words only in what came later", async () => {
    const plan = (await planOf({ after: 7, search: "two words" })).join("\n");
    expect(plan).toMatch(/SEARCH telemetry_events .*seq>\?/);
    expect(plan).toMatch(/telemetry_events_fts VIRTUAL TABLE INDEX \d+:.*M/);
  });

  it("has one text for each form, so that its statement is prepared once", () => {
    const one = conditionOf({ task_id: "a", search: "x y" });
    const other = conditionOf({ search: "z", task_id: "b", run_id: undefined });
    expect(other.sql).toBe(one.sql);
    expect(conditionOf({})).toEqual({ sql: "TRUE", bound: {} });
  });
});
