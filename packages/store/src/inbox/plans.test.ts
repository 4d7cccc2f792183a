import { describe, expect, it } from "vitest";
import { usePlans } from "../testing/plans.ts";
import * as inbox from "./index.ts";

describe("statements about answers", () => {
  const planOf = usePlans();

  it.each([
    ["history", inbox.LIST_ACKNOWLEDGEMENTS_SQL, "notification_acknowledgements_notification_id_seq"],
    ["event of an answer", inbox.ACKNOWLEDGEMENT_EVENT_SQL, "telemetry_events_event_type_seq"],
    ["overdue answers", inbox.OVERDUE_SQL, "routed_notifications_ack_due"],
    ["overdue answers of an inbox", inbox.OVERDUE_IN_SCOPE_SQL, "routed_notifications_ack_due"],
  ])("%s goes by an index and never through a whole table", async (_name, sql, index) => {
    const plan = await planOf(sql);
    expect(plan.join("\n")).toMatch(new RegExp(`USING (COVERING )?INDEX ${index}`));
    expect(plan.filter((step) => /^SCAN (?!json_each|CONSTANT)/.test(step))).toEqual([]);
  });
});
