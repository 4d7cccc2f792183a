import { describe, expect, it } from "vitest";
import * as autonomy from "../autonomy/index.ts";
import * as inbox from "../inbox/index.ts";
import * as loops from "../loops/index.ts";
import { usePlans } from "../testing/plans.ts";
import * as dispatch from "./index.ts";

describe("statements of the message paths", () => {
  const planOf = usePlans();

  it.each([
    ["pick", dispatch.PICK_SQL, "commands_state_seq"],
    ["pick in one task", dispatch.PICK_IN_PART_SQL, "commands_task_state_created"],
    ["look for work in one task", dispatch.HAS_CLAIMABLE_IN_PART_SQL, "commands_task_state_created"],
    ["claim", dispatch.CLAIM_SQL, "sqlite_autoindex_commands"],
    ["look for work", dispatch.HAS_CLAIMABLE_SQL, "commands_state_seq"],
    ["dry run", dispatch.LIST_CLAIMABLE_SQL, "commands_state_seq"],
    ["expired leases", dispatch.EXPIRED_SQL, "commands_state_seq"],
    ["terms that are over", dispatch.PAST_TERM_SQL, "commands_expiring"],
    ["running attempt", dispatch.RUNNING_ATTEMPT_SQL, "one_running_attempt_per_command|command_attempts_command_id"],
    ["route", dispatch.ROUTE_SQL, "one_active_binding_per_task|bindings_task_id_seq"],
    ["live bindings", dispatch.WATCHED_BINDINGS_SQL, "bindings_state_seq"],
    ["dead workers", dispatch.DEAD_WORKERS_SQL, "bindings_state_seq"],
    ["watched rollouts", dispatch.WATCHED_ROLLOUTS_SQL, "bindings_state_seq"],
    ["turn ends", dispatch.TURN_ENDS_SQL, "turn_ends_session_id_event_id"],
    ["ends of one turn", dispatch.ENDED_BEFORE_SQL, "turn_ends_session_id_turn_id"],
    ["what turn ends came to", dispatch.DERIVED_ENDS_SQL, "turn_ends_session_id_event_id"],
    ["interrupted reports", dispatch.STALE_COMPLETIONS_SQL, "routed_notifications_claimable"],
    ["waiting reports", dispatch.RECLAIMABLE_COMPLETIONS_SQL, "routed_notifications_claimable"],
    ["held commands", dispatch.HELD_COMMANDS_SQL, "commands_state_seq"],
    ["held reports", dispatch.HELD_ITEMS_SQL, "routed_notifications_claimable"],
    ["holders", dispatch.HOLDERS_SQL, "dispatchers_dispatcher_id_stopped_at"],
    ["commands put off", dispatch.PUT_OFF_COMMANDS_SQL, "commands_claimable"],
    ["reports put off", dispatch.PUT_OFF_ITEMS_SQL, "routed_notifications_claimable"],
    ["items of former bindings", dispatch.FORMER_ITEM_SQL, "routed_notifications_command_id"],
    ["receipts", loops.RECEIPTS_SQL, "acceptance_criteria_loop_run_id"],
    ["types of receipts", loops.RECEIPT_TYPES_SQL, "acceptance_criteria_loop_run_id"],
    ["blocked continuations", loops.BLOCKED_CONTINUATIONS_SQL, "commands_task_state_created"],
    ["pending continuation", loops.PENDING_CONTINUATION_SQL, "routed_notifications_target"],
    ["dispatchers", dispatch.RUNNING_DISPATCHERS_SQL, "dispatchers_dispatcher_id_stopped_at"],
    ["changed dispatchers", dispatch.CHANGED_DISPATCHERS_SQL, "dispatchers_seq"],
    ["dispatchers by number", dispatch.DISPATCHERS_BY_SEQ_SQL, "dispatchers_seq"],
    [
      "known dispatcher",
      dispatch.KNOWN_DISPATCHER_SQL,
      "dispatchers_dispatcher_id_stopped_at|sqlite_autoindex_dispatchers",
    ],
    ["inbox", inbox.LIST_ITEMS_SQL, "target_session_id_consumed_at_state_seq"],
    ["inbox count", inbox.COUNT_ITEMS_SQL, "routed_notifications_target"],
    ["take", inbox.TAKE_ITEM_SQL, "target_session_id_consumed_at_state_seq"],
    ["take pushed", inbox.TAKE_PUSHED_SQL, "routed_notifications_target"],
    ["follow", inbox.FOLLOW_ITEMS_SQL, "routed_notifications_target"],
    ["something new", inbox.DELIVERED_SINCE_SQL, "routed_notifications_target_session_id_state_delivered_seq"],
    ["acknowledgement", inbox.LATEST_ACKNOWLEDGEMENT_SQL, "notification_acknowledgements_notification_id_seq"],
  ])("%s goes by an index and never through a whole table", async (_name, sql, index) => {
    const plan = await planOf(sql);
    expect(plan.join("\n")).toMatch(new RegExp(`USING (COVERING )?INDEX (\\w*)(${index})`));
    expect(plan.filter((step) => /^SCAN (?!json_each|CONSTANT)/.test(step))).toEqual([]);
  });

  it("what is known of turns is read off the ends of two indexes", async () => {
    const plan = await planOf(dispatch.TURNS_KNOWN_SQL);
    expect(plan.filter((step) => !/CONSTANT|SCALAR/.test(step))).toEqual([
      "SEARCH codex_events",
      "SEARCH bindings USING COVERING INDEX bindings_seq",
    ]);
  });

  it.each([
    ["pick", dispatch.PICK_SQL],
    ["dry run", dispatch.LIST_CLAIMABLE_SQL],
    ["expired leases", dispatch.EXPIRED_SQL],
    ["terms that are over", dispatch.PAST_TERM_SQL],
    ["turn ends", dispatch.TURN_ENDS_SQL],
    ["inbox", inbox.LIST_ITEMS_SQL],
    ["inbox take", inbox.TAKE_ITEM_SQL],
    ["follow", inbox.FOLLOW_ITEMS_SQL],
    ["overdue answers", inbox.OVERDUE_SQL],
  ])("%s finds its rows in order, without sorting", async (_name, sql) => {
    expect((await planOf(sql)).filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
  });

  it("no statement is planned anew because another value is bound to its limit", () => {
    const statements = Object.entries({ ...dispatch, ...inbox, ...autonomy }).filter(([name]) => name.endsWith("_SQL"));
    expect(statements.length).toBeGreaterThan(60);
    const bare = statements.filter(([, sql]) => /\bLIMIT\s+[@?]\w*(?!\w|\s*\+)/.test(String(sql)));
    expect(bare.map(([name]) => name)).toEqual([]);
  });
});
