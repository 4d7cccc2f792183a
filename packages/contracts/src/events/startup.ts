import { configFacts } from "./contract.ts";
import type { EventDeclaration, Zod } from "./declaration.ts";
import type { SharedAttributes } from "./shared-attributes.ts";

const spawned = (z: Zod, { pid, tmux_session }: SharedAttributes) => ({
  codex_session_id: z.string().nullable().describe("the thread of its rollout"),
  codex_session_path: z.string().nullable().describe("its rollout"),
  pid,
  tmux_session,
});

/** The phases of `pair` (spec 01 §6.3), and starts that broke off. */
export const startupEvents = {
  pair_started: {
    kind: "telemetry",
    tells: "a pair is being started on a task",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      cwd: z.string().describe("the folder that both work in"),
      task_created: z.boolean().describe("whether the task is new"),
      task_goal_provided: z.boolean().describe("whether a goal was given"),
    }),
  },
  pair_task_resolved: {
    kind: "telemetry",
    tells: "the task of a pair was found or created",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({ created: z.boolean().describe("whether it is new") }),
  },
  pair_manager_config_seeded: {
    kind: "telemetry",
    tells: "the manager's config of a pair was written",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => configFacts(z),
  },
  pair_worker_spawned: {
    kind: "telemetry",
    tells: "the worker of a pair was started",
    actor: "workerctl",
    severity: "info",
    attributes: spawned,
  },
  pair_manager_spawned: {
    kind: "telemetry",
    tells: "the manager of a pair was started",
    actor: "workerctl",
    severity: "info",
    attributes: spawned,
  },
  pair_binding_created: {
    kind: "telemetry",
    tells: "both sessions of a pair were bound to its task",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      manager_session_id: z.string().describe("id of the manager's session"),
      worker_session_id: z.string().describe("id of the worker's session"),
    }),
  },
  pair_run_created: {
    kind: "telemetry",
    tells: "the run of a pair began",
    actor: "workerctl",
    severity: "info",
    attributes: (_z, { run_id }) => ({ run_id }),
  },
  pair_failed: {
    kind: "telemetry",
    tells: "a pair could not be started; what had been started is told",
    actor: "workerctl",
    severity: "error",
    attributes: (z, { error, error_type }) => ({
      error,
      error_type,
      worker_spawned: z.boolean().describe("whether the worker runs"),
      manager_spawned: z.boolean().describe("whether the manager runs"),
      binding_created: z.boolean().describe("whether they were bound"),
      run_created: z.boolean().describe("whether the run began"),
    }),
  },
  start_settled_by_reconcile: {
    kind: "both",
    tells: "a start whose process died in the middle was recorded as failed",
    actor: "workerctl",
    severity: "warning",
    attributes: (z, { command_type, tmux_session, pid }) => ({
      command_type,
      name: z.string().nullable().describe("name of what was to be started"),
      role: z.string().nullable().describe("its role"),
      terminal: z.string().nullable().describe("whether its terminal runs"),
      tmux_session,
      pid,
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
