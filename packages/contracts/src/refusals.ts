/**
 * Every code with which Conveyor refuses or fails: the one place to add one (spec 01 §4.5). Plain data without zod, because
 * the thin command-line path reads it. The pages of the reference are made of these words.
 */

/** One code: what the process ends with, what HTTP answers, and what a person reads. */
interface Row {
  /** 1: something was refused by a gate, or really tried and failed; 130: interrupted; 2: all else. */
  exit: 1 | 2 | 130;
  http: 400 | 401 | 403 | 404 | 408 | 409 | 412 | 413 | 429 | 500 | 503;
  /** What happened, completing "this code means that …". */
  meaning: string;
  /** What to do next, where the place that raises the error knows nothing better. */
  hint: string;
}

/** What any operation may give, because of how it is called, which ledger it works on, or the machine; nobody declares these. */
const ANYWHERE = {
  usage: {
    exit: 2,
    http: 400,
    meaning: "the command line is wrong: an unknown command or flag, a missing or surplus value",
    hint: "see what the command takes with `--help`",
  },
  invalid_input: {
    exit: 2,
    http: 400,
    meaning: "a value is of the right kind but not acceptable",
    hint: "correct the value; the reference of the operation says what it takes",
  },
  precondition_failed: {
    exit: 2,
    http: 412,
    meaning: "the thing exists but is not in the needed shape",
    hint: "bring it into the shape that the message names, then try again",
  },
  host_denied: {
    exit: 2,
    http: 400,
    meaning: "the operating system or a sandbox denies access to tmux or another resource",
    hint: "run it from a terminal outside the sandbox, or grant the permission that the message names",
  },
  interrupted: {
    exit: 130,
    http: 400,
    meaning: "the user or a signal ended the command",
    hint: "look at what was done so far before you run it again",
  },
  ledger_missing: {
    exit: 2,
    http: 400,
    meaning: "there is no ledger where one was looked for",
    hint: 'name another ledger with --path FILE, or start one with `conveyor tasks --create NAME --goal "…"`',
  },
  ledger_unsupported: {
    exit: 2,
    http: 400,
    meaning: "the ledger was written by another version",
    hint: "open it with the Conveyor that wrote it, or name another ledger with --path FILE",
  },
  ledger_invalid: {
    exit: 2,
    http: 400,
    meaning: "the file is not a ledger",
    hint: "look at it with `conveyor db-doctor`, or name another ledger with --path FILE",
  },
  ledger_busy: {
    exit: 2,
    http: 400,
    meaning: "another process kept the ledger locked",
    hint: "nothing was changed; run the command again",
  },
  ledger_replaced: {
    exit: 2,
    http: 400,
    meaning: "the file of the ledger was deleted, moved or replaced while it was in use",
    hint: "look at what stands there now, then run the command again",
  },
  ledger_unwritable: {
    exit: 2,
    http: 400,
    meaning: "the ledger cannot be written, or its disk is full",
    hint: "check permissions and free space, or name another ledger with --path FILE",
  },
  foreign_ledger: {
    exit: 2,
    http: 400,
    meaning: "the ledger may be somebody else's, so nothing is done on its behalf",
    hint: "look at it with `conveyor sessions`; if it is yours, adopt it with `conveyor adopt-ledger`",
  },
  state_root_unwritable: {
    exit: 2,
    http: 400,
    meaning: "a file below the state root cannot be written",
    hint: "check its permissions, or name another state root with CONVEYOR_STATE_ROOT",
  },
  native_module_unusable: {
    exit: 2,
    http: 400,
    meaning: "the compiled part of SQLite is missing or was made for another Node or system",
    hint: "type `npm rebuild better-sqlite3` with this Node, or install Conveyor again with it",
  },
  environment_unusable: {
    exit: 2,
    http: 400,
    meaning: "the machine has no files, processes, memory or disk space left to work with",
    hint: "free some of it, then try again",
  },
  output_failed: {
    exit: 2,
    http: 400,
    meaning: "the command was carried out, but its answer could not be written",
    hint: "look at what the command did before you run it again",
  },
  too_large: {
    exit: 2,
    http: 413,
    meaning: "what was sent or would be answered is longer than allowed; nothing was taken or stored",
    hint: "send or ask for less at once",
  },
  unauthorized: {
    exit: 2,
    http: 401,
    meaning: "the server did not accept the token",
    hint: "put the content of the file server-token in the server's state root into CONVEYOR_TOKEN",
  },
  forbidden: {
    exit: 2,
    http: 403,
    meaning: "the request reached the server under a foreign name or from a foreign web page",
    hint: "open the page that the server itself serves; `conveyor serve --status` prints its address",
  },
  server_unreachable: {
    exit: 2,
    http: 503,
    meaning: "the named server does not answer",
    hint: "see `conveyor serve --status`, or leave --server and CONVEYOR_SERVER out to work on the ledger directly",
  },
  too_many_calls: {
    exit: 2,
    http: 429,
    meaning: "one connection has more calls running than the server allows",
    hint: "wait for some of them first",
  },
  too_many_connections: {
    exit: 2,
    http: 503,
    meaning: "the server has as many live connections as it can hold",
    hint: "close one of them first",
  },
  too_many_subscribers: {
    exit: 2,
    http: 400,
    meaning: "the server serves as many live streams as it can",
    hint: "close one of them first",
  },
  internal: {
    exit: 2,
    http: 500,
    meaning: "a defect of Conveyor",
    hint: "run it again with CONVEYOR_DEBUG=1 to see where, and report it",
  },
} as const satisfies Record<string, Row>;

/** What an operation gives only if its contract says so (`refuses`). */
const DECLARED = {
  // About what was named.
  not_found: {
    exit: 2,
    http: 404,
    meaning: "what was named does not exist; `details.kind` says what kind of thing",
    hint: "list what there is, and name one of those",
  },
  ambiguous: {
    exit: 2,
    http: 400,
    meaning: "a prefix or a discovery fits several things; `details` lists them",
    hint: "name one of them in full",
  },
  conflict: {
    exit: 2,
    http: 409,
    meaning: "it exists already with other content, or something else holds it",
    hint: "look at what holds it; choose another name, or end that first",
  },
  idempotency_conflict: {
    exit: 2,
    http: 400,
    meaning: "the idempotency key was used for something else",
    hint: "use a new key for a new call",
  },
  terminal_state: {
    exit: 2,
    http: 409,
    meaning: "the task is closed",
    hint: "name an open task; `conveyor tasks --active` lists them",
  },
  no_active_binding: {
    exit: 2,
    http: 400,
    meaning: "no worker and manager are bound to the task, or not in the way that this needs",
    hint: "bind a worker and a manager to it with `conveyor bind`",
  },
  conflicting_flags: {
    exit: 2,
    http: 400,
    meaning: "two flags contradict each other",
    hint: "give one of them",
  },
  confirmation_required: {
    exit: 2,
    http: 400,
    meaning: "it is done only when it was confirmed; `details` says what it would do",
    hint: "look at what it would do, then say --yes",
  },

  bundle_invalid: {
    exit: 2,
    http: 400,
    meaning: "the bundle is damaged, was changed, or holds what no export writes; nothing was taken of it",
    hint: "make it anew with `conveyor export-task`, or get it again from whoever sent it",
  },

  // About what is allowed.
  gate_failed: {
    exit: 1,
    http: 412,
    meaning: "a gate refused; `details` says which condition is not met",
    hint: "meet the condition that the message names, then try again",
  },
  permission_denied: {
    exit: 1,
    http: 403,
    meaning: "the supervision contract does not grant it",
    hint: "see what the manager config of the task grants",
  },
  unknown_permission: {
    exit: 2,
    http: 400,
    meaning: "there is no permission of that name",
    hint: "name one of those that the permissions of a manager config may hold",
  },

  continuation_order: {
    exit: 2,
    http: 400,
    meaning:
      "the worker proposes first, then the manager, and then both are reviewed; `details.missing` says who has not proposed",
    hint: "submit what is missing first",
  },
  continuation_not_disclosed: {
    exit: 2,
    http: 400,
    meaning: "a manager sees the worker's proposal once it has made its own",
    hint: "submit the manager's proposal with `conveyor continuation TASK --submit manager --from-stdin`, then read again",
  },

  worker_not_tmux: {
    exit: 2,
    http: 400,
    meaning: "the worker has no terminal to type a slash command into",
    hint: "have it continued in a fresh session after a handoff",
  },
  step_not_configured: {
    exit: 2,
    http: 400,
    meaning: "the manager config of the task does not name this closing step",
    hint: "see `conveyor epilogue TASK --list` for those that it names",
  },

  // About programs and the machine.
  tool_missing: {
    exit: 2,
    http: 400,
    meaning: "a program that is needed is not installed",
    hint: "install it, or add its folder to PATH; `conveyor doctor` shows what is found",
  },
  side_effect_failed: {
    exit: 1,
    http: 400,
    meaning: "something was really tried and failed",
    hint: "look at what the message names, mend it, and try again",
  },
  side_effect_risk: {
    exit: 1,
    http: 400,
    meaning: "the terminal may have got the message already, so it is not sent again without being asked to",
    hint: "look at the terminal first; --force sends it again nevertheless",
  },
  timeout: {
    exit: 1,
    http: 408,
    meaning: "it took longer than allowed",
    hint: "look at whether it still goes on, then try again or allow more time",
  },
  unsupported_platform: {
    exit: 2,
    http: 400,
    meaning: "this system cannot do it",
    hint: "do it by hand, or on another system",
  },
  port_in_use: {
    exit: 2,
    http: 400,
    meaning: "another program listens on the port",
    hint: "choose another with --port, or --port 0 for any free one",
  },

  // About terminals.
  tmux_no_server: {
    exit: 2,
    http: 400,
    meaning: "no tmux server is running",
    hint: "start the session again",
  },
  tmux_session_missing: {
    exit: 2,
    http: 400,
    meaning: "the tmux session is not running",
    hint: "`tmux list-sessions` shows what runs",
  },
  tmux_pane_missing: {
    exit: 2,
    http: 400,
    meaning: "the tmux pane is gone, or its program has ended",
    hint: "`tmux list-panes -a` shows what there is; register the session again with the right one",
  },
  tmux_session_mismatch: {
    exit: 2,
    http: 400,
    meaning: "another tmux session than the recorded one runs the worker",
    hint: "register it again with the terminal in which it runs",
  },
  tmux_pane_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the pane is not the one that the worker was registered with",
    hint: "register it again with the pane in which it runs",
  },
  manager_session_missing: {
    exit: 2,
    http: 400,
    meaning: "the tmux session of the manager is not running",
    hint: "start or register the manager again",
  },
  manager_pane_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the pane is not the one that the manager was registered with",
    hint: "register the manager again with the pane in which it runs",
  },
  config_pane_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the pane is not the one in the worker's configuration",
    hint: "start the worker again with --reuse",
  },
  config_identity_token_missing: {
    exit: 2,
    http: 400,
    meaning: "the worker's configuration has no token that proves its terminal",
    hint: "start the worker again with --reuse",
  },
  identity_token_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the terminal has another token than the worker's configuration, so it is somebody else's",
    hint: "start the worker again with --reuse",
  },
  tmux_timeout: {
    exit: 1,
    http: 400,
    meaning: "tmux did not answer in time",
    hint: "the tmux server hangs or is overloaded; try `tmux list-sessions` by hand",
  },
  agent_gone: {
    exit: 1,
    http: 400,
    meaning: "the agent is no longer in its pane",
    hint: "start it again there and register it again, or queue the message: it then waits in the inbox",
  },
  composer_not_empty: {
    exit: 1,
    http: 400,
    meaning: "a text that was not sent stands where the message would be typed",
    hint: "send or clear it there first; both would go out as one message",
  },
  pane_busy: {
    exit: 1,
    http: 400,
    meaning: "somebody else is typing into the pane, or an older message is still on its way to it",
    hint: "try again; Dispatch does so by itself",
  },
  pane_not_ready: {
    exit: 1,
    http: 400,
    meaning: "the pane cannot take text now, for instance because it asks something",
    hint: "answer what the pane asks, or use --force to send anyway",
  },
  pane_synchronized: {
    exit: 1,
    http: 400,
    meaning: "what is typed into the pane would go to its neighbours too",
    hint: "turn it off in that window: tmux set-window-option synchronize-panes off",
  },
  nothing_to_interrupt: {
    exit: 1,
    http: 400,
    meaning: "nothing runs there that could be interrupted",
    hint: "send text instead, or name a --key to send it anyway",
  },

  // About what an agent has written.
  session_not_active: {
    exit: 2,
    http: 400,
    meaning: "the session is registered, but gone",
    hint: "register it again before reading its rollout",
  },
  rollout_path_missing: {
    exit: 2,
    http: 400,
    meaning: "the session was registered without a rollout",
    hint: "register it again with --codex-session FILE or --pid PID",
  },
  rollout_missing: {
    exit: 2,
    http: 400,
    meaning: "the rollout file does not exist",
    hint: "register the session again with --codex-session FILE or --pid PID",
  },
  rollout_truncated: {
    exit: 2,
    http: 400,
    meaning: "the rollout is shorter than what was already read of it: it was rotated or cut off",
    hint: "register the session again, which reads the file from its beginning",
  },
  rollout_unreadable: {
    exit: 2,
    http: 400,
    meaning: "the rollout exists and cannot be read",
    hint: "check the permissions of the file and of the folders above it",
  },
  rollout_compressed: {
    exit: 2,
    http: 400,
    meaning: "the rollout is compressed and cannot be unpacked",
    hint: "unpack it beside itself, for instance with `zstd -d FILE`, and try again",
  },

  // About messages and loops.
  message_required: {
    exit: 2,
    http: 400,
    meaning: "there is no message to send",
    hint: "give it with --message TEXT, or --message - to read it from standard input",
  },
  ack_role_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the item was sent to the other role",
    hint: "the role to which it was sent answers it",
  },
  ack_not_delivered: {
    exit: 2,
    http: 400,
    meaning: "the item was not delivered to anybody",
    hint: "nobody has got it, so there is nothing to answer or give back",
  },
  ack_not_consumed: {
    exit: 2,
    http: 400,
    meaning: "the item was not taken from the inbox yet",
    hint: "take it first",
  },
  ack_regression: {
    exit: 2,
    http: 400,
    meaning: "the item was answered already, and this would take the answer back",
    hint: "answer with what follows; what is answered stays",
  },
  lease_lost: {
    exit: 2,
    http: 400,
    meaning: "another dispatcher took the work over",
    hint: "nothing is to be done; the other one goes on with it",
  },
  unprovable: {
    exit: 2,
    http: 400,
    meaning: "nothing in the rollout could show whether the message was taken",
    hint: "look at the terminal before you send it again",
  },
  not_a_loop_run: {
    exit: 2,
    http: 400,
    meaning: "the run steers no loop",
    hint: "name a run whose purpose is a loop",
  },
  run_task_mismatch: {
    exit: 2,
    http: 400,
    meaning: "the loop run belongs to another task",
    hint: "name the task of the run, or a run of this task",
  },
  run_missing_iteration_policy: {
    exit: 2,
    http: 400,
    meaning: "what the loop run says about its iterations cannot be read",
    hint: "make a new loop run; this one cannot be continued",
  },
  invalid_requested_iteration: {
    exit: 2,
    http: 400,
    meaning: "there is no iteration of that number",
    hint: "iterations are counted from 1",
  },
  stale_requested_iteration: {
    exit: 2,
    http: 400,
    meaning: "the requested iteration has begun already",
    hint: "ask for the next one",
  },
  loop_closed: {
    exit: 2,
    http: 400,
    meaning: "the loop was closed",
    hint: "make a new loop run to go on",
  },
} as const satisfies Record<string, Row>;

/** A code that an operation has to declare to give it. */
export type DeclaredCode = keyof typeof DECLARED;
/** Every code that this version knows. */
export type RefusalCode = keyof typeof ANYWHERE | DeclaredCode;

/** The table of all codes, those that any operation may give first. */
export const refusals: Readonly<Record<RefusalCode, Row>> = { ...ANYWHERE, ...DECLARED };

/** Groups of codes that come together, for contracts to declare at once. */
/** Something is looked up by its name. */
export const BY_NAME = ["not_found", "ambiguous"] as const satisfies readonly DeclaredCode[];
/** A program of the machine is run, such as ps, lsof, git or tmux. */
export const RUNS_PROGRAMS = [
  "tool_missing",
  "timeout",
  "side_effect_failed",
] as const satisfies readonly DeclaredCode[];
/** tmux is asked or told something. */
export const TMUX = [
  ...RUNS_PROGRAMS,
  ...(["tmux_no_server", "tmux_session_missing", "tmux_pane_missing", "tmux_timeout"] as const),
] as const satisfies readonly DeclaredCode[];
/** Something is typed into a terminal. */
export const TYPING = [
  ...TMUX,
  ...(["agent_gone", "composer_not_empty", "pane_busy", "pane_not_ready", "pane_synchronized"] as const),
] as const satisfies readonly DeclaredCode[];
/** A terminal is read, and it may be another than the recorded one. */
export const OTHER_TERMINAL = [
  ...(["tmux_session_mismatch", "tmux_pane_mismatch", "manager_session_missing", "manager_pane_mismatch"] as const),
  ...(["config_pane_mismatch", "config_identity_token_missing", "identity_token_mismatch"] as const),
] as const satisfies readonly DeclaredCode[];
/** The rollout of a session is read. */
export const ROLLOUT = [
  ...(["session_not_active", "rollout_path_missing", "rollout_missing", "rollout_truncated"] as const),
  ...(["rollout_unreadable", "rollout_compressed"] as const),
] as const satisfies readonly DeclaredCode[];
/** A message is put into the queue. */
export const QUEUEING = [
  ...(["terminal_state", "message_required", "unknown_permission", "conflicting_flags"] as const),
  "idempotency_conflict",
] as const satisfies readonly DeclaredCode[];
/** A loop run is continued. */
export const LOOP_RUN = [
  ...(["not_a_loop_run", "run_task_mismatch", "run_missing_iteration_policy"] as const),
  ...(["stale_requested_iteration", "loop_closed"] as const),
] as const satisfies readonly DeclaredCode[];

/** Whether any operation may give it, so that none declares it. */
export function isGivenAnywhere(code: string): boolean {
  return Object.hasOwn(ANYWHERE, code);
}

/** The row of a code; undefined for one of another version, which came over the wire. */
export function refusalOf(code: string): Row | undefined {
  return Object.hasOwn(refusals, code) ? refusals[code as RefusalCode] : undefined;
}
