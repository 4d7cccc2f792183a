import type { EventDeclaration } from "./declaration.ts";

/** Folder-based workers (spec 01 §7). */
export const folderWorkerEvents = {
  worker_create_recorded: {
    kind: "both",
    tells: "a folder-based worker was recorded",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { name, tmux_session }) => ({
      name,
      cwd: z.string().describe("the folder it works in"),
      tmux_session,
    }),
  },
  worker_tmux_started: {
    kind: "both",
    tells: "the terminal of a folder-based worker was started",
    actor: "workerctl",
    severity: "info",
    attributes: (_z, { tmux_session, tmux_pane_id }) => ({ tmux_session, tmux_pane_id }),
  },
  worker_stopped: {
    kind: "telemetry",
    tells: "a folder-based worker whose start failed was stopped again",
    actor: "workerctl",
    severity: "info",
    attributes: (z, { tmux_session }) => ({
      killed_session: z.boolean().describe("whether its terminal ran and was ended"),
      tmux_session,
    }),
  },
  status_updated: {
    kind: "both",
    tells: "a worker told what it is doing",
    actor: "worker",
    audit_actor: "worker",
    severity: "info",
    attributes: (z) => ({
      state: z.string().describe("what it is doing"),
      current_task: z.string().nullable().optional().describe("at what"),
      next_action: z.string().nullable().optional().describe("what it does next"),
      blocker: z.string().nullable().optional().describe("what keeps it"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
