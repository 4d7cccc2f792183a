import { z } from "zod";
import { count, timestamp } from "../common.ts";
import { readPermissions } from "./permissions.ts";

/** How closely a manager looks (spec 04 §3.1). */
export const SUPERVISION_MODES = ["light", "guided", "strict"] as const;

export const supervisionMode = z.enum(SUPERVISION_MODES);
export type SupervisionMode = z.infer<typeof supervisionMode>;

/** Steps that may be required between completion and finish (spec 04 §3.1). */
export const EPILOGUE_STEPS = ["run-tools", "draft-pr", "subagent-review", "record-handoff"] as const;

export const epilogueStep = z.enum(EPILOGUE_STEPS);
export type EpilogueStep = z.infer<typeof epilogueStep>;

/** What happens when a worker's completion yields proposals (spec 04 §4.2.4). */
export const COMPLETION_MODES = ["off", "ask-operator", "auto-review", "auto-proceed"] as const;

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
  setup_questions: z.array(z.string()),
  revision: count,
  created_at: timestamp,
  updated_at: timestamp,
});
export type ManagerConfig = z.infer<typeof managerConfig>;
