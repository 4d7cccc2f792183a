import { describe, expect, it } from "vitest";
import { LAST_HEARTBEATS_SQL } from "../inbox/heartbeats.ts";
import { usePlans } from "../testing/plans.ts";
import * as autonomy from "./index.ts";

describe("statements about pairs", () => {
  const planOf = usePlans();

  it.each([
    ["last heartbeats", LAST_HEARTBEATS_SQL, "role_heartbeats_session_id_seq"],
    ["live pair", autonomy.LIVE_PAIR_SQL, "one_active_binding_per_task"],
    ["last pair", autonomy.LAST_PAIR_SQL, "bindings_task_id_seq"],
    ["automations", autonomy.AUTOMATIONS_SINCE_SQL, "automation_receipts_task_id_dispatcher_id_role_seq"],
    ["wake receipts", autonomy.WAKE_RECEIPTS_SQL, "wake_dispatches_task_id_seq"],
    ["newest command", autonomy.NEWEST_COMMAND_SQL, "commands_task_id_seq"],
    ["newest item that was taken", autonomy.NEWEST_CONSUMPTION_SQL, "routed_notifications_task_id_consumed_seq"],
    ["heartbeats since", autonomy.HEARTBEATS_SINCE_SQL, "role_heartbeats_task_id_role_seq"],
  ])("%s goes by an index and never through a whole table", async (_name, sql, index) => {
    const plan = await planOf(sql);
    expect(plan.join("\n")).toMatch(new RegExp(`USING (COVERING )?INDEX ${index}`));
    expect(plan.filter((step) => /^SCAN (?!json_each|CONSTANT|own)/.test(step))).toEqual([]);
  });
});
