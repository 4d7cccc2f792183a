import type { EventDeclaration } from "./declaration.ts";

/** Runs, the loops among them, and what keeps a loop awake (spec 05, 06). */
export const loopEvents = {
  run_created: {
    kind: "both",
    tells: "a run began",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      source: z.string().describe("the command that made it"),
      kind: z.string().nullable().optional().describe("what kind of loop it is, if it is one"),
    }),
    payload: (z, { run_id }) => ({
      run_id,
      source: z.string().describe("the command that made it"),
      kind: z.string().nullable().optional().describe("what kind of loop it is, if it is one"),
    }),
  },
  run_finished: {
    kind: "telemetry",
    tells: "a run ended, or a loop was closed; an error when it failed",
    actor: "workerctl",
    severity: ["info", "error"],
    attributes: (z) => ({ status: z.string().describe("what it ended as") }),
  },
  ralph_loop_iteration_advanced: {
    kind: "telemetry",
    tells: "a loop moved on to its next iteration",
    actor: "dispatch",
    severity: "info",
    attributes: (z) => ({
      advanced_by: z.string().describe("what moved it: the item was taken, or typed"),
      consumed_by_session_id: z.string().nullable().describe("id of the session that took the item"),
      current_iteration: z.int().describe("its iteration now"),
      previous_iteration: z.int().describe("its iteration before"),
      requested_iteration: z.int().describe("the iteration that was asked for"),
      target_session_name: z.string().describe("name of the session that works on it"),
    }),
  },
  loop_template_imported: {
    kind: "both",
    tells: "a loop template was taken from a file, as a new version",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      name: z.string().describe("its name"),
      version: z.int().describe("its version"),
      sha256: z.string().describe("hash of what it says"),
    }),
  },
  loop_conflicts_reset: {
    kind: "both",
    tells: "a person let the conflicts of a loop be worked on again",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      reset_seq: z.int().describe("attempts before this number of the ledger no longer count"),
      reason: z.string().describe("why"),
    }),
  },
  app_heartbeat: {
    kind: "telemetry",
    tells: "an app thread said that it lives",
    actor: ["manager", "worker"],
    severity: "info",
    attributes: (z, { role, session_id, task }) => ({
      direct_inbox_command: z.string().describe("the command that reads its inbox"),
      role,
      session_id,
      task,
    }),
  },
  app_wakeup_dispatch_planned: {
    kind: "telemetry",
    tells: "wake prompts were prepared; a warning when one is blocked or no dispatcher runs",
    actor: "manager",
    severity: ["info", "warning"],
    attributes: (z, { anything, list }) => ({
      actions: list.describe("for each role what is to be sent, without the prompt"),
      dispatcher: anything.describe("whether one is required, and why"),
      status_ok: z.boolean().describe("whether the loop is well"),
      summary: anything.describe("how many are ready, blocked, skipped"),
    }),
  },
  app_wakeup_delivery_recorded: {
    kind: "telemetry",
    tells: "what became of a wake prompt was recorded; a warning unless it was sent",
    actor: "manager",
    severity: ["info", "warning"],
    attributes: (z, { role }) => ({
      delivery_status: z.string().describe("what became of it"),
      dispatch_receipt: z.string().describe("id of the event that prepared it"),
      dispatch_required: z.boolean().describe("whether a dispatcher was required then"),
      reason: z.string().nullable().describe("why it was not sent"),
      role,
      source_action_status: z.string().describe("its status when it was prepared"),
      source_send_ready: z.boolean().describe("whether it was ready to be sent then"),
      thread_id: z.string().nullable().describe("the app thread it was for"),
      thread_title: z.string().nullable().describe("title of that thread"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
