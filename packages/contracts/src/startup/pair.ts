import { z } from "zod";
import { label, listOf, NAME_CHARACTERS, newName, nonBlank } from "../bounds.ts";
import { count, taskRef, warnings } from "../common.ts";
import { content } from "../content.ts";
import { completionMode, epilogueStep, permissionChanges, supervisionMode } from "../contract/entities.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, TYPING } from "../refusals.ts";
import { worktreeFields } from "../worktrees/entities.ts";
import { codexFields, cwd, spawnName, startedSession, TRUST_NOTE } from "./entities.ts";

/** The name that `pair` starts Dispatch under. */
export const PAIR_DISPATCHER_ID = "dispatch-pair";

export const pairFields = {
  task: taskRef.describe("task by name, id or unique id prefix; created when --task-goal is given"),
  worker_name: spawnName.describe("name of the worker session"),
  manager_name: spawnName.describe("name of the manager session"),
  cwd,
  task_goal: nonBlank.optional().describe("goal of a task that is created; an existing one keeps its own"),
  task_summary: nonBlank.optional().describe("short description of a task that is created"),
  task_prompt: content(nonBlank.optional()).describe("the worker's first prompt; default: the goal"),
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
  ...worktreeFields,
  dispatcher_id: newName(128).default(PAIR_DISPATCHER_ID).describe("name of the dispatcher to reuse or to start"),
  no_dispatch: z.boolean().default(false).describe("start no dispatcher"),
};

export const dispatchArgv = z.array(z.string()).nullable().describe("argv of the dispatcher; null with --no-dispatch");

/** `pair` (spec 01 §6.3). */
export const pair = operation({
  path: "startup.pair",
  kind: "mutation",
  summary: "Start a worker and a manager, bind them to a task and see that Dispatch runs",
  ledger: "create",
  refuses: [...BY_NAME, ...TYPING, "conflict", "terminal_state"],
  cli: {
    command: "pair",
    place: 30,
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
