import { z } from "zod";
import { filePath, freeText, label, listOf, NAME_CHARACTERS, newName, nonBlank, printable } from "./bounds.ts";
import { count, type Role, role, taskRef, warnings } from "./common.ts";
import { completionMode, epilogueStep, permissionChanges, supervisionMode } from "./contract.ts";
import { cli, operation } from "./operation.ts";
import { communication } from "./sessions.ts";

/** The name that `pair` starts Dispatch under. */
export const PAIR_DISPATCHER_ID = "dispatch-pair";

/** A name that also names a tmux session, which would change dots and colons (spec 01 §4.7). */
const spawnName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/, "may hold only letters, digits, - and _");

const cwd = cli(filePath, { path: true, placeholder: "dir", caller_folder: true }).describe(
  "folder the agent works in; default: the current one",
);

const codexFields = {
  sandbox: printable(100).optional().describe("Codex sandbox mode, passed on as it is; default: danger-full-access"),
  ask_for_approval: printable(100).optional().describe("Codex approval policy, passed on as it is; default: never"),
  codex_profile: z.enum(["yolo"]).optional().describe("named set of the two options above"),
  accept_trust: z
    .boolean()
    .default(false)
    .describe("answer yes when Codex asks whether the folder is trusted; only for folders you trust on purpose"),
  timeout_seconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe("how long to wait until the agent's rollout is found"),
};

/** A session that was started and registered (spec 01 §6.1). */
export const startedSession = z.object({
  session_id: z.string(),
  name: z.string(),
  role,
  pid: z.int(),
  codex_session_id: z.string(),
  codex_session_path: z.string().describe("rollout file"),
  cwd: z.string(),
  tmux_session: z.string(),
  sandbox: z.string().describe("Codex sandbox mode that it works in"),
  ask_for_approval: z.string().describe("Codex approval policy that it works under"),
  communication,
});
export type StartedSession = z.infer<typeof startedSession>;

/** What a start tells while it waits longer than a few seconds; no part of its answer. */
export interface StartupNote {
  kind: "waiting";
  role: Role;
  name: string;
  /** What it waits for, in words. */
  reason: string;
  tmux_session: string;
  /** With which a person looks into the terminal and answers what it asks. */
  attach_command: string;
}

const TRUST_NOTE =
  "Codex asks whether it may trust a folder that it does not know. Without --accept-trust that question waits for you: " +
  "attach to the tmux session and answer it within the time limit.";

/** `start-worker` (spec 01 §6.1). */
export const startWorker = operation({
  path: "startup.startWorker",
  kind: "mutation",
  summary: "Start an agent in tmux and register it as a worker",
  ledger: "create",
  cli: {
    command: "start-worker",
    prints: "json",
    here: true,
    notes: TRUST_NOTE,
    examples: ['start-worker --name auth-worker --task "Split the parser"', "start-worker --name w --accept-trust"],
  },
  input: z.object({
    name: cli(spawnName, { once: true }).describe("name of the session; its tmux session is codex-<name>"),
    cwd,
    task: nonBlank.optional().describe("first prompt, the work itself; without it the worker stands by"),
    ...codexFields,
  }),
  output: startedSession,
});

/** `start-manager` (spec 01 §6.2). */
export const startManager = operation({
  path: "startup.startManager",
  kind: "mutation",
  summary: "Start an agent in tmux and register it as a manager, told how to supervise",
  ledger: "create",
  cli: {
    command: "start-manager",
    prints: "json",
    here: true,
    notes: `It binds nothing.\n${TRUST_NOTE}`,
    examples: ["start-manager --name auth-manager --task auth --worker auth-worker"],
  },
  input: z.object({
    name: cli(spawnName, { once: true }).describe("name of the session; its tmux session is codex-<name>"),
    cwd,
    task: taskRef.optional().describe("task it will supervise; need not exist yet"),
    task_goal: nonBlank.optional().describe("goal to tell it; default: the one the task has"),
    worker: newName(128).optional().describe("worker session it will supervise"),
    ...codexFields,
  }),
  output: startedSession,
});

const pairFields = {
  task: taskRef.describe("task by name, id or unique id prefix; created when --task-goal is given"),
  worker_name: spawnName.describe("name of the worker session"),
  manager_name: spawnName.describe("name of the manager session"),
  cwd,
  task_goal: nonBlank.optional().describe("goal of a task that is created; an existing one keeps its own"),
  task_summary: nonBlank.optional().describe("short description of a task that is created"),
  task_prompt: nonBlank.optional().describe("the worker's first prompt; default: the goal"),
  manager_mode: supervisionMode.optional().describe("how closely the manager looks; default: guided"),
  manager_recipe: label
    .optional()
    .describe("recipe by name or display name, or custom; its values fill what no flag sets, except permissions"),
  manager_objective: nonBlank.optional().describe("what the manager works towards and checks against"),
  manager_guideline: listOf(nonBlank).default([]).describe("rule for the manager; the given ones replace the list"),
  manager_acceptance: listOf(nonBlank)
    .default([])
    .describe("what the manager checks; each also becomes an accepted criterion of the task"),
  manager_reference: listOf(nonBlank)
    .default([])
    .describe("file or URL to keep at hand; the given ones replace the list"),
  manager_tool: listOf(z.string().max(NAME_CHARACTERS))
    .default([])
    .describe("expected tool; the given ones replace the list"),
  manager_question: listOf(nonBlank)
    .default([])
    .describe("set-up question for the user; the given ones replace the list"),
  manager_permit: listOf(label).default([]).describe("permission to grant, as CATEGORY.ACTION"),
  manager_epilogue: listOf(epilogueStep)
    .default([])
    .describe("step that is required before finish; the given ones replace the list"),
  manager_nudge_on_completion: completionMode
    .optional()
    .describe("what follows a completion of the worker; default: ask-operator"),
  manager_require_acks: z.boolean().default(false).describe("cycles need both acknowledgements; stays on"),
  manager_allow_pr: z.boolean().default(false).describe("grant repo.open_pr"),
  manager_allow_merge_green: z.boolean().default(false).describe("grant repo.merge_green_pr"),
  manager_allow_worker_compact_clear: z
    .boolean()
    .default(false)
    .describe("grant worker_session.compact and worker_session.clear"),
  manager_permissions: cli(permissionChanges, { flag: "manager-permissions-json", json: true, placeholder: "json" })
    .optional()
    .describe("permissions as a JSON object: a category's list replaces it, a name with a boolean grants or revokes"),
  ...codexFields,
  dispatcher_id: newName(128).default(PAIR_DISPATCHER_ID).describe("name of the dispatcher to reuse or to start"),
  no_dispatch: z.boolean().default(false).describe("start no dispatcher"),
};

const dispatchArgv = z.array(z.string()).nullable().describe("argv of the dispatcher; null with --no-dispatch");

/** `pair --dry-run` (spec 01 §6.3 step 1): touches neither ledger nor tools. */
export const planPair = operation({
  path: "startup.planPair",
  kind: "query",
  summary: "Say what pair would start, and start nothing",
  ledger: "none",
  cli: {
    command: "pair",
    select: "dry-run",
    prints: "json",
    here: true,
    examples: ["pair --task auth --worker-name w --manager-name m --dry-run"],
  },
  input: z.object(pairFields),
  output: z.object({
    task: z.string(),
    worker: z.string(),
    manager: z.string(),
    ensure_dispatch: z.boolean(),
    dispatch_command: dispatchArgv,
  }),
});

/** `pair` (spec 01 §6.3). */
export const pair = operation({
  path: "startup.pair",
  kind: "mutation",
  summary: "Start a worker and a manager, bind them to a task and see that Dispatch runs",
  ledger: "create",
  cli: {
    command: "pair",
    prints: "json",
    here: true,
    notes: TRUST_NOTE,
    examples: [
      'pair --task auth --task-goal "Refactor auth" --worker-name auth-worker --manager-name auth-manager',
      "pair --task auth --worker-name w --manager-name m --manager-recipe ux-polish-loop --accept-trust",
    ],
  },
  input: z.object(pairFields),
  output: z.object({
    task: z.object({ id: z.string(), name: z.string(), created: z.boolean() }),
    worker: startedSession,
    manager: startedSession,
    binding_id: z.string(),
    run_id: z.string(),
    ensure_dispatch: z.boolean(),
    dispatch_command: dispatchArgv,
    dispatch: z.object({
      ensure: z.boolean(),
      command: dispatchArgv,
      started: z.boolean().describe("false when a live dispatcher of this id was found"),
      pid: z.int().nullable().describe("process of the dispatcher"),
      healthy: z.boolean().nullable().describe("it was heard of within 3 seconds; null with --no-dispatch"),
      log: z.string().nullable().describe("where a started dispatcher prints to"),
      stop_command: z.string().nullable().describe("ends that dispatcher; null with --no-dispatch"),
    }),
    manager_config_seeded: z.boolean().describe("the task has a manager config"),
    manager_config_seeded_by_pair: z.boolean().describe("this command wrote it"),
    manager_recipe: z.string().nullable(),
    manager_acceptance_criteria_seeded: count,
    warnings,
  }),
});

/** Flags of Codex that are followed by a value, so that the value is not taken for the session's name (spec 01 §7.1). */
const CODEX_VALUE_FLAGS = [
  "--add-dir",
  "--ask-for-approval",
  "--cd",
  "--config",
  "--image",
  "--model",
  "--profile",
  "--remote",
  "--remote-auth-token-env",
  "--sandbox",
  "-C",
  "-a",
  "-c",
  "-i",
  "-m",
  "-p",
  "-s",
] as const;

/** `start` (spec 01 §7.1). */
export const start = operation({
  path: "startup.start",
  kind: "mutation",
  summary: "Start a plain agent in tmux without registering it",
  ledger: "create",
  cli: {
    command: "start",
    prints: "json",
    here: true,
    notes: "Unknown arguments, and everything after --, are passed to codex.",
    examples: ["start scratch", "start scratch --model gpt-5 --sandbox read-only -- --search"],
  },
  input: z.object({
    session: cli(spawnName, { position: 0, placeholder: "session" }).describe("name of the tmux session"),
    cwd,
    no_start_prompt: z.boolean().default(false).describe("start it without a first prompt"),
    codex_args: cli(listOf(freeText), { rest: CODEX_VALUE_FLAGS, placeholder: "codex argument" })
      .default([])
      .describe("arguments for codex"),
  }),
  output: z.object({
    session: z.string(),
    cwd: z.string(),
    attach_command: z.string(),
    start_prompt_path: z.string().nullable(),
    start_prompt_sent: z.boolean(),
    register_worker_command_template: z.string(),
    start_manager_command_template: z.string(),
    bind_command_template: z.string(),
    manager_config_questions_command_template: z
      .string()
      .nullable()
      .describe("null: no command prints the set-up questions yet"),
  }),
});
