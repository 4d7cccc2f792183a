import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Store } from "../store.ts";
import * as inbox from "./index.ts";

describe("statements about answers and correlation ids", () => {
  let folder: string;
  let store: Store;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "conveyor-plans-"));
    store = Store.open({ path: join(folder, "l.db"), create: true, clock: { iso: () => new Date().toISOString() } });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const planOf = (sql: string) =>
    store.peek((tx) => {
      // Only the plan is asked for, so any value will do for the parameters.
      const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, name === "limit" ? 1 : "[]"]);
      const statement = tx.sql(`EXPLAIN QUERY PLAN ${sql}`);
      const rows =
        names.length > 0
          ? statement.all(Object.fromEntries(names))
          : statement.all(...Array(sql.match(/\?/g)?.length ?? 0).fill(1));
      return (rows as { detail: string }[]).map(({ detail }) => detail);
    });

  it.each([
    ["history", inbox.LIST_ACKNOWLEDGEMENTS_SQL, "notification_acknowledgements_notification_id_seq"],
    ["event of an answer", inbox.ACKNOWLEDGEMENT_EVENT_SQL, "telemetry_events_event_type_seq"],
    ["overdue answers", inbox.OVERDUE_SQL, "routed_notifications_ack_due"],
    ["overdue answers of an inbox", inbox.OVERDUE_IN_SCOPE_SQL, "routed_notifications_ack_due"],
    ["telemetry of a trace", inbox.TRACE_TELEMETRY_SQL, "telemetry_events_task_timestamp"],
  ])("%s goes by an index and never through a whole table", async (_name, sql, index) => {
    const plan = await planOf(sql);
    expect(plan.join("\n")).toMatch(new RegExp(`USING (COVERING )?INDEX ${index}`));
    expect(plan.filter((step) => /^SCAN (?!json_each|CONSTANT)/.test(step))).toEqual([]);
  });

  it("looks for telemetry by task and time, both ends", async () => {
    expect((await planOf(inbox.TRACE_TELEMETRY_SQL))[0]).toContain("(task_id=? AND timestamp>? AND timestamp<?)");
  });
});
