import { z } from "zod";
import { agentStatus } from "./agent-status.ts";
import { filePath, listOf, newName, oneOrMoreRows, printable, reference } from "./bounds.ts";
import { count, role, sessionArgument, timestamp } from "./common.ts";
import { LIST_ROWS } from "./limits.ts";
import { cli, operation } from "./operation.ts";

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

/** Doubtful facts that a registration accepts (spec 01 §6.4). */
export const registrationWarning = z.enum([
  "tmux_session_missing",
  "tmux_not_checked",
  "agent_not_in_terminal",
  "pid_not_alive",
  "rollout_already_registered",
]);
export type RegistrationWarning = z.infer<typeof registrationWarning>;

const registrationInput = z.object({
  name: cli(newName(128), { once: true }).describe("name of the session, unique over workers and managers"),
  pid: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .describe("process of the session; needed unless --codex-session is given"),
  codex_session: cli(filePath, { path: true, placeholder: "rollout" })
    .optional()
    .describe("rollout file of the session; found from the process when absent"),
  cwd: cli(filePath, { path: true, placeholder: "dir" })
    .optional()
    .describe("folder the session works in; default: as its rollout says"),
  tmux_session: printable(200).optional().describe("tmux session it runs in, which lets Conveyor push messages to it"),
  codex_app_thread_id: printable(200)
    .optional()
    .describe("app thread, for navigation only; absent keeps what is stored"),
  codex_app_thread_title: printable(500).optional().describe("title of the app thread; absent keeps what is stored"),
});
export type RegistrationInput = z.output<typeof registrationInput>;

const registration = z.object({
  session_id: z.string(),
  name: z.string(),
  role,
  pid: z.int().nullable(),
  codex_session_id: z.string().nullable(),
  codex_session_path: z.string().nullable(),
  cwd: z.string(),
  tmux_session: z.string().nullable(),
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  communication,
  warnings: z.array(registrationWarning).describe("doubtful facts that were accepted"),
  rollout_also_registered_by: z.array(z.string()).describe("other active sessions that name the same rollout"),
});
export type Registration = z.infer<typeof registration>;

/** `register-worker` (spec 01 §6.4). */
export const registerWorker = operation({
  path: "sessions.registerWorker",
  kind: "mutation",
  summary: "Register a running agent session as a worker",
  ledger: "create",
  cli: {
    command: "register-worker",
    prints: "json",
    examples: ["register-worker --name auth-worker --pid 4242 --tmux-session codex-auth"],
  },
  input: registrationInput,
  output: registration,
});

/** `register-manager` (spec 01 §6.4). */
export const registerManager = operation({
  path: "sessions.registerManager",
  kind: "mutation",
  summary: "Register a running agent session as a manager",
  ledger: "create",
  cli: {
    command: "register-manager",
    prints: "json",
    examples: ["register-manager --name auth-manager --codex-session ~/.codex/sessions/2026/01/02/rollout-….jsonl"],
  },
  input: registrationInput,
  output: registration,
});

/** `deregister` (spec 01 §6.5). */
export const deregister = operation({
  path: "sessions.deregister",
  kind: "mutation",
  summary: "Mark a session as gone (does not stop it)",
  ledger: "write",
  cli: { command: "deregister", prints: "json", examples: ["deregister auth-worker"] },
  input: z.object({ session: sessionArgument }),
  output: z.object({ name: z.string(), state: z.literal("gone") }),
});

/** `sessions` (spec 01 §6.6). */
export const list = operation({
  path: "sessions.list",
  kind: "query",
  summary: "List sessions in order of first registration",
  ledger: "read",
  cli: {
    command: "sessions",
    prints: "json",
    examples: ["sessions --role worker", "sessions --state all --name auth-worker"],
  },
  input: z.object({
    role: role.optional().describe("only sessions of this role"),
    state: z.enum(["active", "gone", "all"]).optional().describe("default: active, without legacy ones"),
    include_legacy: z.boolean().default(false).describe("also legacy sessions in the default or active view"),
    name: listOf(reference).default([]).describe("only sessions of these names"),
    redact_identity_token: z
      .boolean()
      .default(false)
      .describe("accepted for older callers: identity tokens are never shown"),
    limit: oneOrMoreRows.optional().describe(`at most this many; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this session: the id of the last one of the list before"),
  }),
  output: z.array(sessionListItem),
});

/** `sessions --watch` (spec 01 §10, spec 06 §6.6.3): first the active sessions, then each that changes, its end included. */
export const onChange = operation({
  path: "sessions.onChange",
  kind: "subscription",
  summary: "Follow sessions as they are registered, bound, live and end",
  ledger: "read",
  cli: { command: "sessions", select: "watch", prints: "lines", examples: ["sessions --watch --role worker"] },
  input: z.object({
    role: role.optional().describe("only sessions of this role"),
    include_legacy: z.boolean().default(false).describe("also legacy sessions"),
  }),
  output: sessionListItem,
});
