import { z } from "zod";
import { filePath, wholeSeconds } from "./bounds.ts";
import { count, timestamp } from "./common.ts";
import { cli, operation } from "./operation.ts";

/** What is known of the server of a ledger; all but `running` and the ledger is null when none runs. */
const serverState = z.object({
  running: z.boolean(),
  answers: z.boolean().describe("whether it takes calls; one that is starting or ending runs, but takes none"),
  pid: z.int().nullable(),
  url: z.string().nullable().describe("address for browsers and remote clients"),
  socket: z.string().nullable().describe("unix socket for the clients of this machine"),
  version: z.string().nullable(),
  ledger_path: z.string(),
  started_at: timestamp.nullable(),
  dispatch: z.boolean().describe("whether it runs Dispatch"),
  durable: z
    .boolean()
    .nullable()
    .describe("whether what it answers is on the disk by then; without it a power cut may take the newest commits"),
  token_file: z.string().nullable().describe("file with the token that HTTP clients need"),
});

/** `serve`: keep one process running for a ledger. */
export const serve = operation({
  path: "system.serve",
  kind: "local",
  summary: "Run the server of a ledger: unix socket, HTTP, live updates, Dispatch and the web client",
  ledger: "create",
  cli: {
    command: "serve",
    prints: "text",
    examples: ["serve", "serve --detach", "serve --status --json", "serve --login", "serve --stop"],
    notes: [
      "Nothing needs a server; with one, commands start faster and others can watch live.",
      "It listens on this machine only. --host with another address wants --allow-remote and a token in CONVEYOR_TOKEN.",
    ].join("\n"),
  },
  input: z.object({
    host: z.string().min(1).max(253).default("127.0.0.1").describe("address to listen on"),
    port: z
      .int()
      .min(0)
      .max(65535)
      .optional()
      .describe("port to listen on; 0 takes a free one. Default: 8797, or a free one when that is taken"),
    detach: z.boolean().default(false).describe("run in the background and return when it answers"),
    no_dispatch: z.boolean().default(false).describe("do not run Dispatch in it"),
    allow_remote: z.boolean().default(false).describe("accept an address that other machines can reach"),
    durable: z
      .boolean()
      .default(false)
      .describe(
        "answer a write only when it is on the disk, so that a power cut takes nothing; always so where other machines can reach it. Default: what CONVEYOR_DURABLE says",
      ),
  }),
  output: serverState,
});

/** `serve --stop`. */
export const stopServer = operation({
  path: "system.stopServer",
  kind: "local",
  summary: "Stop the server of a ledger",
  ledger: "none",
  cli: { command: "serve", select: "stop", prints: "text" },
  input: z.object({}),
  output: serverState.extend({ stopped: z.boolean().describe("false when none ran") }),
});

/** `serve --status`. */
export const serverStatus = operation({
  path: "system.serverStatus",
  kind: "local",
  summary: "Say whether a server runs for a ledger",
  ledger: "none",
  cli: { command: "serve", select: "status", prints: "text" },
  input: z.object({}),
  output: serverState,
});

/** `serve --login`. */
export const loginUrl = operation({
  path: "system.loginUrl",
  kind: "local",
  summary: "Print a URL that signs a browser in to the running server, once",
  ledger: "none",
  cli: { command: "serve", select: "login", prints: "text" },
  input: z.object({}),
  output: z.object({ url: z.string() }),
});

/** `completions SHELL`: a script for the shell to load. */
export const completions = operation({
  path: "system.completions",
  kind: "local",
  summary: "Print the completion script of a shell",
  ledger: "none",
  cli: {
    command: "completions",
    prints: "text",
    examples: ["completions bash > ~/.local/share/bash-completion/completions/conveyor", "completions fish | source"],
  },
  input: z.object({
    shell: cli(z.enum(["bash", "zsh", "fish"]), { position: 0 }).describe("the shell to complete in"),
  }),
  output: z.object({ shell: z.string(), script: z.string() }),
});

/** One line of a health report; further keys say what was found. */
const check = z.looseObject({ name: z.string(), ok: z.boolean() });
export type HealthCheck = z.infer<typeof check>;

const commandFound = z.object({ ok: z.boolean(), path: z.string().nullable() });

/** The operator plugin and its skills: what is bundled, and what of it a Codex home has (spec 06 §6.8.2). */
export const pluginStatus = z.object({
  installed: z.boolean(),
  installed_version: z.string().nullable(),
  package_version: z.string(),
  plugin_version: z.string().nullable().describe("version of the bundled plugin"),
  version_matches: z.boolean(),
  skills: z.array(z.object({ name: z.string(), installed: z.boolean(), source: z.string(), target: z.string() })),
  paths: z.object({
    codex_home: z.string(),
    package_root: z.string(),
    plugin_cache_root: z.string(),
    plugin_install_root: z.string(),
    plugin_source: z.string(),
    skills_install_root: z.string(),
  }),
});
export type PluginStatus = z.infer<typeof pluginStatus>;

/** `doctor` (spec 01 §6.17): always about the machine and the folder of the caller. */
export const doctor = operation({
  path: "system.doctor",
  kind: "query",
  summary: "Check whether this machine can run agents under Conveyor",
  ledger: "none",
  cli: { command: "doctor", prints: "json", here: true, examples: ["doctor", "doctor --human"] },
  input: z.object({
    cwd: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("project the agents would work in; default: the current folder"),
    codex_home: cli(filePath, { path: true, placeholder: "dir" })
      .optional()
      .describe("Codex home; default: CODEX_HOME, else ~/.codex"),
  }),
  output: z.object({
    ok: z.boolean(),
    operator_ready: z.boolean().describe("all commands found, plugin installed, matching and complete"),
    platform: z.string(),
    checks: z.array(check.extend({ advisory: z.boolean().describe("never makes the whole not ok") })),
    commands: z.object({
      codex: commandFound,
      conveyor: commandFound,
      tmux: commandFound,
      workerctl: commandFound,
    }),
    codex_home: z.string(),
    package: z.object({ name: z.string(), root: z.string(), version: z.string() }),
    project_root: z.string(),
    runtime: z.object({ node: z.string(), state_root: z.string(), target_cwd: z.string() }),
    plugin: pluginStatus,
    workers: z
      .array(
        z.object({ name: z.string(), config_path: z.string(), status: z.record(z.string(), z.unknown()).nullable() }),
      )
      .describe("folders of the older worker commands"),
  }),
});

const reconciledSession = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  live: z.boolean().nullable(),
  pid: z.int().nullable(),
  session: z.string().nullable().describe("tmux session"),
  recorded_pane_id: z.string().nullable(),
  tmux_pane_id: z.string().nullable().describe("pane that tmux shows now"),
});

/** A task of `db-doctor --live`, compared with the machine. */
export const reconciledTask = z.object({
  task: z.object({ id: z.string(), name: z.string(), state: z.string() }),
  worker: reconciledSession.nullable(),
  manager: reconciledSession
    .extend({
      last_seen_at: timestamp.nullable(),
      last_seen_age_seconds: z.number().nullable(),
      last_capture_sha256: z.string().nullable(),
    })
    .nullable(),
  drift: z.array(
    z.enum([
      "worker_missing",
      "manager_missing",
      "worker_pane_mismatch",
      "manager_pane_mismatch",
      "unfinished_commands",
    ]),
  ),
  unfinished_commands: z.array(
    z.object({
      id: z.string(),
      task_id: z.string().nullable(),
      worker_id: z.string().nullable(),
      manager_id: z.string().nullable(),
      type: z.string(),
      state: z.string(),
      created_at: timestamp,
      updated_at: timestamp,
      claimed_by: z.string().nullable(),
      attempts: count,
      error: z.string().nullable(),
    }),
  ),
});
export type ReconciledTask = z.infer<typeof reconciledTask>;

const managerLivenessWarning = z.object({
  reason: z.enum(["manager_never_seen", "manager_seen_stale"]),
  manager: z.string(),
  manager_id: z.string(),
  task: z.string(),
  task_id: z.string(),
  age_seconds: z.int().nullable(),
  last_seen_at: timestamp.nullable(),
  stale_seconds: count,
  recommended_action: z.string(),
});
export type ManagerLivenessWarning = z.infer<typeof managerLivenessWarning>;

/** `db-doctor` (spec 01 §6.18, 07 §7.10.8): a ledger newer than the program is reported, not refused. */
export const dbDoctor = operation({
  path: "system.dbDoctor",
  kind: "mutation",
  summary: "Check the ledger's health; migrates it when needed",
  ledger: "none",
  cli: {
    command: "db-doctor",
    prints: "json",
    examples: ["db-doctor", "db-doctor --live", "db-doctor --full --repair"],
  },
  input: z.object({
    live: z.boolean().default(false).describe("also compare open and bound tasks with tmux and the processes"),
    manager_stale_seconds: wholeSeconds.default(300).describe("age in seconds from which a manager counts as not seen"),
    all: z.boolean().default(false).describe("with --live: closed tasks too"),
    full: z.boolean().default(false).describe("also SQLite's full integrity check, which reads everything"),
    repair: z.boolean().default(false).describe("rebuild the search index when it does not match the telemetry"),
  }),
  output: z.object({
    ok: z.boolean(),
    path: z.string(),
    schema_version: z.int().nullable(),
    user_version: z.int().nullable(),
    checks: z.array(check),
    live_reconcile: z
      .object({
        ok: z.boolean(),
        results: z.array(reconciledTask),
        manager_liveness_warnings: z.array(managerLivenessWarning),
      })
      .optional()
      .describe("with --live"),
  }),
});
