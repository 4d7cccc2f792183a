import { z } from "zod";
import { attention } from "./agent-status.ts";
import {
  filePath,
  label,
  message,
  messageText,
  nonBlank,
  printable,
  reference,
  rowCount,
  wholeSeconds,
} from "./bounds.ts";
import { jsonObject, timestamp, warnings } from "./common.ts";
import { cli, operation } from "./operation.ts";

/** What a worker says about itself (spec 01 §2). */
export const WORKER_STATES = ["planning", "editing", "running_tests", "blocked", "waiting", "done", "unknown"] as const;
export const workerState = z.enum(WORKER_STATES);
export type WorkerState = z.infer<typeof workerState>;

/** What a starting agent's screen shows; `exited` when its terminal ended (spec 02 §7.2). */
export const startupState = z.enum(["starting", "needs_trust", "ready", "working", "error", "exited"]);
export type WorkerStartup = z.infer<typeof startupState>;

/** How things stand with a worker's terminal: why it is not running, when it is not (spec 02 §8.8). */
export const terminalState = z.enum([
  "running",
  "not_running",
  "no_terminal",
  "tmux_missing",
  "tmux_denied",
  "tmux_error",
]);
export type TerminalState = z.infer<typeof terminalState>;

/** Letters, digits, dash and underscore, so that the name is a folder and a tmux session as it stands (spec 01 §4.7). */
const newName = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "must consist of letters, digits, dash and underscore")
  .max(64)
  .describe("name of the worker: letters, digits, dash and underscore");

const workerArgument = cli(reference.describe("worker folder, else a registered session"), {
  position: 0,
  placeholder: "name",
});
const lines = z.int().min(1).max(50_000).default(200).describe("how many lines of the terminal to look at");
const noRefresh = z.boolean().default(false).describe("do not store a new capture");

const creation = {
  cwd: cli(filePath, { path: true, placeholder: "dir", caller_folder: true }).describe(
    "folder the worker works in; default: the current one",
  ),
  reuse: z.boolean().default(false).describe("start the worker of this name again, keeping its identity token"),
  accept_trust: z
    .boolean()
    .default(false)
    .describe("answer the workspace trust question with yes; only for folders you trust on purpose"),
  open: z.boolean().default(false).describe("open a terminal window on it"),
  force_open: z.boolean().default(false).describe("open a window although one was opened before"),
  terminal: z.enum(["auto", "ghostty", "terminal"]).default("auto").describe("terminal program for --open"),
  stop_after: z.boolean().default(false).describe("end the worker's terminal when all checks are done"),
  wait_ready_timeout: z.int().min(1).max(86_400).default(30).describe("how long to wait until it is ready, in seconds"),
  verify_timeout: z.int().min(1).max(86_400).default(60).describe("how long to wait for its first report, in seconds"),
};

const created = z.object({
  name: z.string(),
  worker_id: z.string(),
  reused: z.boolean(),
  cwd: z.string(),
  state_dir: z.string(),
  tmux_session: z.string(),
  tmux_pane_id: z.string().nullable(),
  contract_given: z.boolean().describe("whether the agent got the contract as its first prompt"),
  trust_accepted: z.boolean(),
  startup: startupState.nullable().describe("null when nobody waited for it"),
  startup_reason: z.string().nullable(),
  startup_recommended_action: z.enum(["none", "rerun_with_accept_trust", "inspect_terminal"]).nullable(),
  verified: z.boolean().nullable().describe("whether the worker reported; null when nobody waited for it"),
  verify_reason: z.string().nullable(),
  opened: z.boolean(),
  stopped: z.boolean(),
  attach_command: z.string(),
  stop_command: z.string(),
  warnings,
});

/** `create NAME` (spec 01 §7.2). */
export const create = operation({
  path: "workers.create",
  kind: "mutation",
  summary: "Start a worker that reports through a folder of its own",
  ledger: "create",
  cli: {
    command: "create",
    prints: "text",
    here: true,
    examples: ['create docs --cwd ~/project --task "Bring the README up to date" --wait-ready --verify'],
    notes: "The older way to start a worker. `start-worker` registers a session, which can be bound to a manager.",
  },
  input: z.object({
    name: cli(newName, { position: 0, placeholder: "name" }),
    task: nonBlank.optional().describe("what the worker is to do; without it the worker waits for a task"),
    no_initial_prompt: cli(z.boolean().default(false), { aliases: ["no-send-contract"] }).describe(
      "start the agent without giving it the contract",
    ),
    wait_ready: z.boolean().default(false).describe("wait until the agent is ready or works"),
    verify: z.boolean().default(false).describe("wait until the worker has reported once"),
    ...creation,
  }),
  output: created,
});

/** `start-test [NAME]` (spec 01 §7.2). */
export const startTest = operation({
  path: "workers.startTest",
  kind: "mutation",
  summary: "Start a worker with a harmless task and check that it reports",
  ledger: "create",
  cli: {
    command: "start-test",
    prints: "text",
    here: true,
    examples: ["start-test --cwd ~/project --stop-after"],
    notes: "Exit code 1 when the worker did not report in time.",
  },
  input: z.object({
    name: cli(newName.default("live-test"), { position: 0, placeholder: "name" }).describe("name of the worker"),
    task: nonBlank.optional().describe("what to do instead of reading README.md and reporting"),
    ...creation,
  }),
  output: created,
});

const listed = z.object({
  name: z.string(),
  running: z.boolean(),
  status: z.enum(["running", "stopped"]),
  state: workerState,
  current_task: z.string().nullable(),
  terminal_error: z.string().optional().describe("why nobody could tell whether it runs"),
});

/** `list` (spec 01 §7.3, 02 §8.17). */
export const list = operation({
  path: "workers.list",
  kind: "query",
  summary: "List the workers that have a folder in the state root",
  ledger: "none",
  cli: { command: "list", prints: "text", notes: "Registered sessions are listed by `sessions`." },
  input: z.object({}),
  output: z.array(listed),
});

const report = {
  name: z.string(),
  kind: z.enum(["folder", "session"]).describe("found as a worker folder, or as a registered session"),
  running: z.boolean(),
  terminal: terminalState,
  state: workerState,
  activity: z.enum(["busy", "idle", "unknown"]).nullable().describe("of a registered session: what its rollout says"),
  current_task: z.string().nullable(),
  next_action: z.string().nullable(),
  blocker: z.string().nullable(),
  status_last_update: z.string().nullable(),
  terminal_changed_at: z.string().nullable(),
  tmux_session: z.string().nullable(),
};

/** `status NAME` (spec 01 §7.3, 02 §8.7). */
export const status = operation({
  path: "workers.status",
  kind: "mutation",
  summary: "Show what a worker reports and what its terminal shows",
  ledger: "create",
  cli: { command: "status", prints: "json", examples: ["status docs", "status docs --no-refresh"] },
  input: z.object({ name: workerArgument, no_refresh: noRefresh, lines }),
  output: z.object({
    ...report,
    startup: startupState.nullable(),
    startup_reason: z.string().nullable(),
    startup_recommended_action: z.string().nullable(),
    terminal_captured_at: z.string().nullable(),
    terminal_capture_error: z.string().nullable(),
    warnings,
  }),
});

/** `idle-check NAME` (spec 01 §7.3, 02 §8.8). */
export const idleCheck = operation({
  path: "workers.idleCheck",
  kind: "mutation",
  summary: "Judge whether a worker is alive, quiet, stuck or done, and what to do",
  ledger: "create",
  cli: { command: "idle-check", prints: "json", examples: ["idle-check docs --terminal-stale-seconds 120"] },
  input: z.object({
    name: workerArgument,
    no_refresh: noRefresh,
    lines,
    status_stale_seconds: wholeSeconds.default(300).describe("from this age on a report is stale, in seconds"),
    terminal_stale_seconds: wholeSeconds.default(300).describe("from this age on a screen is stale, in seconds"),
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: z.object({
    ...report,
    health: z.enum(["stopped", "blocked", "done", "unknown", "busy_wait", "stale", "quiet", "status_stale", "active"]),
    recommended_action: z.string(),
    reason: z.string(),
    busy_wait_pattern: z.string().nullable(),
    busy_wait_seconds: z.int(),
    capture_error: z.string().nullable(),
    status_age_seconds: z.int().nullable(),
    status_stale_seconds: z.int(),
    terminal_age_seconds: z.int().nullable(),
    terminal_fresh: z.boolean(),
    terminal_stale_seconds: z.int(),
    warnings,
  }),
});

/** `capture NAME` (spec 01 §7.3, 02 §8.6). */
export const capture = operation({
  path: "workers.capture",
  kind: "mutation",
  summary: "Store what a worker's terminal shows now",
  ledger: "create",
  cli: {
    command: "capture",
    prints: "json",
    examples: ["capture docs", "capture docs --include-content > screen.txt"],
    notes: "With --include-content the text itself is printed instead of the document, unless --json is given too.",
  },
  input: z.object({
    name: workerArgument,
    lines,
    include_content: z.boolean().default(false).describe("print the text; meant for redirected output"),
  }),
  output: z.object({
    name: z.string(),
    byte_count: z.int(),
    line_count: z.int(),
    history_lines: z.int(),
    sha256: z.string(),
    transcript_path: z.string(),
    content_redacted: z.boolean(),
    content: z.string().optional().describe("only with include_content"),
    warnings,
  }),
});

/** `nudge NAME MESSAGE` (spec 01 §7.4, 02 §8.17). */
export const nudge = operation({
  path: "workers.nudge",
  kind: "mutation",
  summary: "Type a message into a worker's terminal, after looking at it",
  ledger: "create",
  cli: { command: "nudge", prints: "text", examples: ['nudge docs "Report what you have so far"'] },
  input: z.object({
    name: workerArgument,
    message: cli(message.describe("what to type"), { position: 1, placeholder: "message", dash_reads_stdin: true }),
    dry_run: z.boolean().default(false).describe("look, but type nothing"),
    force: z.boolean().default(false).describe("type even when the pane shows a prompt"),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(["folder", "session"]),
    target: z.string(),
    text_length: z.int(),
    dry_run: z.boolean(),
    side_effect_started: z.boolean(),
    side_effect_completed: z.boolean(),
    submission: z.enum(["confirmed", "unconfirmed", "not_submitted"]).nullable(),
    pane_pattern_before: z.string().nullable(),
    time: timestamp,
  }),
});

/** `interrupt NAME` (spec 01 §7.4, 02 §8.17). */
export const interrupt = operation({
  path: "workers.interrupt",
  kind: "mutation",
  summary: "Interrupt what a worker is doing and ask it to report",
  ledger: "create",
  cli: {
    command: "interrupt",
    prints: "json",
    examples: ["interrupt docs", 'interrupt docs --followup "Stop and show the diff"'],
    notes:
      "A registered session gets its agent's own key and no follow-up unless they are given. Without --key nothing is sent while no turn runs.",
  },
  input: z.object({
    name: workerArgument,
    key: printable(64).optional().describe("tmux name of the key to send; C-c for a worker folder"),
    followup: message.optional().describe("text to type afterwards; default: pause and update the status"),
    no_followup: z.boolean().default(false).describe("type nothing afterwards"),
    dry_run: z.boolean().default(false).describe("check everything, but send nothing"),
  }),
  output: z.object({
    name: z.string(),
    kind: z.enum(["folder", "session"]),
    key: z.string(),
    followup: z.string().nullable(),
    dry_run: z.boolean(),
    time: timestamp,
  }),
});

/** `update-status NAME` (spec 01 §7.4, 02 §8.9). */
export const updateStatus = operation({
  path: "workers.updateStatus",
  kind: "mutation",
  summary: "Report what a worker is doing, said by the worker itself",
  ledger: "create",
  cli: {
    command: "update-status",
    prints: "json",
    examples: ['update-status docs --state editing --current-task "README" --next-action "check the links"'],
  },
  input: z.object({
    name: workerArgument,
    state: workerState.describe("what it is doing"),
    current_task: nonBlank.max(4000).describe("what it is working on"),
    next_action: nonBlank.max(4000).describe("what comes next"),
    blocker: nonBlank.max(4000).optional().describe("what keeps it from going on"),
  }),
  output: z.object({
    state: workerState,
    current_task: z.string(),
    next_action: z.string(),
    blocker: z.string().nullable(),
    last_update: timestamp,
    warnings: warnings.optional(),
  }),
});

/** `classify` (spec 01 §7.4, 02 §8.5). */
export const classify = operation({
  path: "workers.classify",
  kind: "query",
  summary: "Say what a terminal screen means",
  ledger: "none",
  cli: {
    command: "classify",
    prints: "json",
    here: true,
    examples: ["classify --file screen.txt", "tmux capture-pane -p | conveyor classify"],
    notes: "Reads standard input when neither --text nor --file is given; --text wins over --file.",
  },
  input: z.object({
    text: cli(messageText, { stdin_unless: ["file"] })
      .optional()
      .describe("the screen"),
    file: cli(filePath, { path: true }).optional().describe("a file that holds the screen"),
    title: z.string().max(4096).optional().describe("the title of its pane"),
    status_age_seconds: wholeSeconds.default(90).describe("how old the last sign of life is, in seconds"),
    busy_wait_seconds: wholeSeconds.default(90).describe("how long a busy screen is normal, in seconds"),
  }),
  output: z.object({
    startup: startupState,
    startup_reason: z.string(),
    busy_wait: z.object({ pattern: z.string(), reason: z.string(), recommended_action: z.string() }).nullable(),
    status_age_seconds: z.int(),
    busy_wait_seconds: z.int(),
    attention,
    patterns: z.array(z.string()).describe("everything that the screen matches"),
    text_allowed: z.boolean().describe("whether a message would be typed into it"),
    enter_allowed: z.boolean().describe("whether Enter alone would be sent"),
    obstacle: z.string().nullable().describe("what keeps text out, null when nothing does"),
    obstacle_reason: z.string().nullable(),
  }),
});

const eventFilter = {
  name: workerArgument,
  type: label.optional().describe("only lines of this type"),
  include_content: z.boolean().default(false).describe("show the text of messages; meant for redirected output"),
};

/** `events NAME` (spec 01 §7.4, 07 §7.10.4). */
export const events = operation({
  path: "workers.events",
  kind: "query",
  summary: "Print the event file of a worker as JSON lines, oldest first",
  ledger: "none",
  cli: { command: "events", prints: "json", examples: ["events docs --type nudge --limit 20"] },
  input: z.object({ ...eventFilter, limit: rowCount.optional().describe("only the last n lines") }),
  output: z.object({
    name: z.string(),
    events: z.array(jsonObject),
    skipped_lines: z.int().describe("lines that are not JSON objects"),
    warnings,
  }),
});

/** `events NAME --follow` (spec 07 §7.10.4). */
export const followEvents = operation({
  path: "workers.followEvents",
  kind: "subscription",
  summary: "Print the event file of a worker and go on with what is added to it",
  ledger: "none",
  cli: { command: "events", select: "follow", prints: "lines", examples: ["events docs --follow"] },
  input: z.object(eventFilter),
  output: jsonObject,
});

const importAction = z.object({
  action: z.enum(["upsert_worker", "insert_status", "insert_transcript_capture", "insert_event", "skip_invalid_event"]),
  source: z.string().describe("file below the root"),
  worker: z.string().optional(),
  line: z.int().optional(),
});
const folderImport = z.object({
  apply: z.boolean(),
  root: z.string(),
  worker_count: z.int(),
  workers: z.array(
    z.object({
      worker: z.string(),
      action_count: z.int(),
      actions: z.array(importAction),
      error: z.string().optional().describe("why this worker was left out"),
    }),
  ),
});
const folderSource = {
  root: cli(filePath, { path: true, placeholder: "dir" })
    .optional()
    .describe("folder that holds the worker folders; default: the state root"),
  worker: reference.optional().describe("only this worker"),
};

/** `import-compat` (spec 01 §7.5, 07 §7.10.9): what would be imported from worker folders. */
export const planImport = operation({
  path: "workers.planImport",
  kind: "query",
  summary: "Show what would be imported from worker folders; --apply imports it",
  ledger: "none",
  cli: { command: "import-compat", prints: "json", here: true, examples: ["import-compat"] },
  input: z.object(folderSource),
  output: folderImport,
});

/** `import-compat --apply`: each source once, one transaction per worker. */
export const importFolders = operation({
  path: "workers.importFolders",
  kind: "mutation",
  summary: "Import worker folders into the ledger, each source once",
  ledger: "create",
  cli: {
    command: "import-compat",
    select: "apply",
    prints: "json",
    here: true,
    examples: ["import-compat --apply --worker docs"],
  },
  input: z.object(folderSource),
  output: folderImport,
});

/** `import-compat --from FILE`: take over a database of the earlier tool (spec 07 §7.4). */
export const importLedger = operation({
  path: "workers.importLedger",
  kind: "mutation",
  summary: "Import a database of the earlier tool; --apply writes, without it only the report is made",
  ledger: "none",
  cli: {
    command: "import-compat",
    select: "from",
    prints: "json",
    here: true,
    examples: ["import-compat --from old/workerctl.db", "import-compat --from old/workerctl.db --apply"],
    notes:
      "The file is only read. When it is the ledger itself it is kept beside the new one as <file>.bak-v<version>, unchanged.",
  },
  input: z.object({
    from: cli(filePath, { path: true }).describe("database of the earlier tool, schema version 22 to 26"),
    apply: z.boolean().default(false).describe("write; without it nothing is changed"),
  }),
  output: z.object({
    apply: z.boolean(),
    from: z.string(),
    ledger: z.string(),
    schema_version: z.int(),
    source_sha256: z.string(),
    already_imported: z.boolean().describe("this very file was imported before"),
    backup_path: z
      .string()
      .nullable()
      .describe("where the earlier database stands now, when it stood at the ledger's place"),
    imported_count: z.int(),
    skipped_count: z.int(),
    tables: z.array(
      z.object({
        table: z.string(),
        found: z.int(),
        imported: z.int(),
        already_here: z.int(),
        skipped: z.int(),
      }),
    ),
    renamed: z.array(z.object({ table: z.string(), id: z.string(), from: z.string(), to: z.string() })),
    skipped: z
      .array(z.object({ table: z.string(), id: z.string(), reason: z.string() }))
      .describe("the first of the rows that could not be taken over"),
    not_imported_tables: z.array(z.string()).describe("tables of the file that no ledger has"),
    warnings,
  }),
});
