import { z } from "zod";
import { longSeconds } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { RUNS_PROGRAMS } from "../refusals.ts";

const input = z.object({
  stale_cycles_seconds: cli(longSeconds, { aliases: ["stale-cycle-seconds"] })
    .default(3600)
    .describe("a bound task without a finished cycle for this long counts as stuck"),
});

export const deadSession = z.object({
  name: z.string(),
  role: z.string(),
  pid: z.int().nullable(),
  last_heartbeat_at: timestamp.nullable(),
  tmux_missing: z.boolean().describe("its tmux session is gone"),
});

export const danglingBinding = z.object({
  binding_id: z.string(),
  task_id: z.string(),
  task_name: z.string(),
  gone_role: z.enum(["worker", "manager"]),
  gone_session_name: z.string(),
});

export const stuckTask = z.object({
  task_name: z.string(),
  binding_id: z.string(),
  last_cycle_at: timestamp,
  age_seconds: z.number(),
});

const driftReport = z.object({
  dead_pid_sessions: z.array(deadSession).describe("active sessions whose process or terminal is gone"),
  stale_heartbeat_sessions: z
    .array(
      z.object({
        name: z.string(),
        role: z.string(),
        lease: z.enum(["missing", "stale"]),
        last_heartbeat_at: timestamp.nullable(),
        age_seconds: z.number().nullable(),
      }),
    )
    .describe("sessions known by their heartbeat that gave none lately; never marked gone"),
  dangling_bindings: z
    .array(danglingBinding)
    .describe("live bindings of sessions that are gone, one row per gone side"),
  stuck_tasks: z.array(stuckTask),
  uncycled_tasks: z
    .array(z.object({ task_name: z.string(), binding_id: z.string(), bound_at: timestamp, age_seconds: z.number() }))
    .describe("bound for longer than the threshold and never looked at"),
  interrupted_closings: z
    .array(
      z.object({
        binding_id: z.string(),
        task_id: z.string(),
        task_name: z.string(),
        command_id: z.string().nullable(),
        age_seconds: z.number(),
      }),
    )
    .describe("bindings that a closing command left in the middle when it died"),
  interrupted_starts: z
    .array(
      z.object({
        command_id: z.string(),
        command_type: z.enum(["start_session", "start_dispatch"]),
        via: z.string().nullable().describe("the command that a person gave"),
        role: z.string().nullable(),
        name: z.string().nullable(),
        tmux_session: z.string().nullable(),
        age_seconds: z.number(),
        terminal: z.enum(["running", "gone", "unknown"]).nullable().describe("null when none was to be started"),
        pid: z.int().nullable().describe("what runs in the terminal"),
        registered: z.boolean().describe("a session stands for that terminal"),
        attach_command: z.string().nullable().describe("how to look into a terminal that no session stands for"),
        register_command: z.string().nullable().describe("how to make its agent the session that was wanted"),
        kill_command: z.string().nullable().describe("how to end it, so that the start can be repeated"),
      }),
    )
    .describe("starts that broke off when their process died; what they started may run"),
  schema_health: z.looseObject({ ok: z.boolean() }),
  applied: z
    .object({
      sessions_marked_gone: z.array(z.string()),
      bindings_marked_invalid: z.array(z.string()),
      closings_undone: z.array(z.string()),
      starts_settled: z.array(z.string()).describe("ids of their commands; what they started is left as it is"),
    })
    .optional()
    .describe("with --apply"),
});
export type DriftReport = z.infer<typeof driftReport>;

/** `reconcile` (spec 01 §6.16). */
export const reconcile = operation({
  path: "system.reconcile",
  kind: "query",
  summary: "Compare the ledger with the processes and terminals of this machine",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "reconcile",
    place: 110,
    prints: "json",
    examples: ["reconcile", "reconcile --stale-cycles-seconds 600"],
  },
  input,
  output: driftReport,
});

/** `reconcile --apply` (spec 01 §6.16). */
export const applyReconcile = operation({
  path: "system.applyReconcile",
  kind: "mutation",
  summary: "Mark dead sessions gone and their bindings invalid",
  ledger: "write",
  refuses: RUNS_PROGRAMS,
  cli: { command: "reconcile", place: 120, select: "apply", prints: "json", examples: ["reconcile --apply"] },
  input,
  output: driftReport,
});
