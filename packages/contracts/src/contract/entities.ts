import { z } from "zod";
import { label, listOf, NAME_CHARACTERS, nonBlank } from "../bounds.ts";
import { EVIDENCE_POLICIES, PROOF_POLICIES } from "../checks/words.ts";
import { count, jsonObject, timestamp, warnings } from "../common.ts";
import { content } from "../content.ts";
import { readPermissions } from "./permissions.ts";
import { COMPLETION_MODES, EPILOGUE_STEPS, SUPERVISION_MODES } from "./words.ts";

export const supervisionMode = z.enum(SUPERVISION_MODES);
export type SupervisionMode = z.infer<typeof supervisionMode>;

export const epilogueStep = z.enum(EPILOGUE_STEPS);
export type EpilogueStep = z.infer<typeof epilogueStep>;

export const completionMode = z.enum(COMPLETION_MODES);
export type CompletionMode = z.infer<typeof completionMode>;

/** Granted actions by category; all categories are always there (spec 04 §3.2). */
export const grantedPermissions = z.record(z.string(), z.array(z.string()));
export type GrantedPermissions = z.infer<typeof grantedPermissions>;

/** A permission object as it may be given: exact, or refused with what is wrong with it (spec 00, ruling 8). */
export const permissionChanges = z
  .record(z.string().max(64), z.union([z.boolean(), z.array(z.string().max(64)).max(64)]))
  .superRefine((supplied, context) => {
    for (const message of readPermissions(supplied).problems) context.addIssue({ code: "custom", message });
  });

/** How a task is supervised (spec 04 §3.1). */
export const managerConfig = z.object({
  task_id: z.string(),
  recipe_name: z.string().nullable().describe("slug of the recipe, `custom`, or null; the last two mean the same"),
  supervision_mode: supervisionMode,
  objective: z.string().nullable(),
  guidelines: z.array(z.string()),
  acceptance_criteria: z.array(z.string()).describe("standing list; criteria of the task are a ledger of their own"),
  reference_paths: z.array(z.string()),
  permissions: grantedPermissions,
  tools: z.array(z.string()),
  epilogues: z.array(epilogueStep),
  nudge_on_completion: completionMode,
  require_acks: z.boolean(),
  proof_policy: z.enum(PROOF_POLICIES).describe("what a finish demands of checks"),
  evidence_policy: z.enum(EVIDENCE_POLICIES).describe("what evidence a criterion needs to be called satisfied"),
  setup_questions: z.array(z.string()),
  revision: count,
  created_at: timestamp,
  updated_at: timestamp,
});
export type ManagerConfig = z.infer<typeof managerConfig>;

/** A config as `manager-config` answers it; the warnings are there only when there are some (spec 04 §4.2). */
export const recordedConfig = managerConfig.extend({ warnings: warnings.optional() });

/** Ids of the set-up questions, in their order (spec 04 §4.2.2). */
export const QUESTION_IDS = [
  "recipe_name",
  "supervision_mode",
  "objective",
  "guidelines",
  "acceptance_criteria",
  "reference_paths",
  "permissions",
  "tools",
  "epilogues",
  "nudge_on_completion",
  "require_acks",
] as const;
export type QuestionId = (typeof QUESTION_IDS)[number];

/** One question of the set-up (spec 04 §4.2.2). */
export const setupQuestion = z.object({
  id: z.enum(QUESTION_IDS),
  kind: z.enum(["choice", "text", "list", "categorized_permissions", "choice_list", "boolean"]),
  question: z.string(),
  default: z
    .union([z.string(), z.boolean(), z.array(z.string()), grantedPermissions])
    .nullable()
    .describe("the present value, else the one of the product"),
  help: z.string().optional(),
  choices: z
    .union([z.array(z.string()), grantedPermissions])
    .optional()
    .describe("the values that are possible; of permissions the actions by category"),
});
export type SetupQuestion = z.infer<typeof setupQuestion>;

/** Answers by the ids of the questions (spec 04 §4.2.3). */
export const configAnswers = z.strictObject({
  recipe_name: label.optional(),
  supervision_mode: supervisionMode.optional(),
  objective: nonBlank.optional(),
  guidelines: listOf(nonBlank).optional(),
  acceptance_criteria: listOf(nonBlank).optional(),
  reference_paths: listOf(nonBlank).optional(),
  permissions: permissionChanges.optional(),
  tools: listOf(z.string().max(NAME_CHARACTERS)).optional(),
  epilogues: listOf(epilogueStep).optional(),
  nudge_on_completion: completionMode.optional(),
  require_acks: z.boolean().optional(),
});
export type ConfigAnswers = z.infer<typeof configAnswers>;

/** Why a manager may not do something (spec 04 §4.3). */
export const permissionReason = z.enum(["missing_manager_config", "permission_not_enabled", "missing_worker_handoff"]);
export type PermissionReason = z.infer<typeof permissionReason>;

/** A recipe in full (spec 04 §4.4). */
export const managerRecipe = z.object({
  name: z.string().describe("its slug"),
  display_name: z.string(),
  description: z.string(),
  aliases: z.array(z.string()),
  cues: z.array(z.string()).describe("what people say when they mean it; a cue grants nothing"),
  mode: supervisionMode,
  objective: z.string(),
  guidelines: z.array(z.string()),
  acceptance: z.array(z.string()),
  permissions: z.array(z.string()).describe("what it may use once it is granted; naming the recipe grants nothing"),
  tools: z.array(z.string()),
  epilogues: z.array(epilogueStep),
  evidence_gates: z.array(z.string()),
  cleanup: z.string(),
  disallowed_actions: z.array(z.string()),
  fail_closed: z.array(z.string()).describe("conditions under which the manager stops and asks"),
  final_report_requirements: z.array(z.string()),
  support_patterns: z.array(z.string()),
  loop_template: z.string().nullable(),
  locked_summary_template: z.string(),
  manager_config_command: z.array(z.string()).describe("argv, with <task> for the task"),
  setup_commands: z.array(z.array(z.string())).describe("argv of each command of the set-up, in order"),
});
export type ManagerRecipeView = z.infer<typeof managerRecipe>;

/** Why an acknowledgement does not stand for the contract any more (spec 04 §4.7). */
export const staleReason = z.enum(["no_active_binding", "binding_changed", "config_changed"]);
export type StaleReason = z.infer<typeof staleReason>;

/** An acknowledgement as it was stored, and whether it is still about what is in force (spec 04 §3.4, §4.7). */
export const contractAck = z.object({
  id: z.int(),
  task_id: z.string(),
  binding_id: z.string().nullable().describe("the binding that was active when it was written"),
  role: z.enum(["worker", "manager"]),
  payload: content(jsonObject, "whole"),
  revision: z.int(),
  manager_config_revision: z.int().nullable().describe("revision of the config when it was written"),
  created_at: timestamp,
  correlation_id: z.string().nullable(),
  current: z.boolean().describe("it is about the active binding and the present config"),
  stale_reasons: z.array(staleReason),
  payload_warnings: z.array(z.string()).describe("usual keys that are missing"),
});
export type ContractAck = z.infer<typeof contractAck>;
