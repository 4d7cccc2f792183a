import { z } from "zod";
import { agentStatus } from "../agent-status.ts";
import { count, role, timestamp } from "../common.ts";

/** Session states (spec 01 §2). */
export const sessionState = z.enum(["active", "gone"]);
export type SessionState = z.infer<typeof sessionState>;

/** How we know whether a session still lives (spec 01 §5.6). */
export const liveness = z.enum(["pid", "tmux", "heartbeat", "none"]);
export type Liveness = z.infer<typeof liveness>;

export const sessionOrigin = z.enum(["registered", "spawned", "disposable", "legacy"]);
export type SessionOrigin = z.infer<typeof sessionOrigin>;

export const bindingState = z.enum(["active", "ending", "ended", "invalid"]);
export type BindingState = z.infer<typeof bindingState>;

/** How messages reach a session (spec 01 §5.7). */
export const communication = z.object({
  session_kind: z.enum(["tmux", "codex_app", "no_tmux"]),
  receive_style: z.enum(["push", "pull"]),
  delivery_mode: z.enum(["push", "pull_required"]),
  can_receive_push: z.boolean(),
  can_receive_pull: z.boolean(),
  requires_polling: z.boolean(),
  detection_source: z.enum(["tmux_session", "codex_session_without_tmux", "missing_tmux_session"]),
  tmux_session: z.string().nullable(),
  poll_command_template: z.string().describe("the command with which the session polls its inbox, for any task"),
  poll_command: z.string().optional().describe("the same with the task filled in, when the task is known"),
});
export type Communication = z.infer<typeof communication>;

/** A session as stored (spec 01 §3). */
export const session = z.object({
  id: z.string(),
  name: z.string(),
  role,
  state: sessionState,
  identity_token: z.literal("[REDACTED]").describe("never leaves the ledger"),
  origin: sessionOrigin,
  liveness,
  tmux_session: z.string().nullable(),
  tmux_pane_id: z.string().nullable(),
  codex_session_path: z.string().nullable().describe("rollout file"),
  codex_session_id: z.string().nullable(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  pid: z.int().nullable(),
  pid_started_at: timestamp.nullable(),
  cwd: z.string(),
  registered_at: timestamp,
  last_heartbeat_at: timestamp.nullable(),
  last_heartbeat_source: z.string().nullable(),
  last_ingest_offset: count.nullable(),
  agent_kind: z.string(),
  transport: z.string().nullable(),
  transport_state: z.string().nullable(),
  codex_home: z.string().nullable(),
});
export type Session = z.infer<typeof session>;

export const sessionBinding = z.object({
  id: z.string(),
  task_id: z.string(),
  task_name: z.string(),
  state: bindingState,
});

export const sessionListItem = session.extend({
  communication,
  binding: sessionBinding.nullable().describe("the live binding that holds the session"),
  alive: z.boolean().nullable().describe("null when there is nothing to tell it by"),
  agent_status: agentStatus,
});
export type SessionListItem = z.infer<typeof sessionListItem>;
