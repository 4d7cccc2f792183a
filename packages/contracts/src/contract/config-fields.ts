import { z } from "zod";
import { label, listOf, NAME_CHARACTERS, nonBlank, rowId } from "../bounds.ts";
import { EVIDENCE_POLICIES, PROOF_POLICIES } from "../checks/words.ts";
import { taskArgument } from "../common.ts";
import { cli } from "../operation.ts";
import { completionMode, epilogueStep, permissionChanges, supervisionMode } from "./entities.ts";

/** What `manager-config --clear` empties; each is a field of the config. */
export const CLEARABLE_FIELDS = [
  "objective",
  "guidelines",
  "acceptance_criteria",
  "reference_paths",
  "permissions",
  "tools",
  "epilogues",
  "setup_questions",
] as const;

const texts = (about: string) => listOf(nonBlank).default([]).describe(about);
const toolName = z.string().max(NAME_CHARACTERS);

/** What the forms of `manager-config` that change or preview the contract take (spec 04 §4.2, §8). */
export const configFields = {
  task: taskArgument,
  mode: supervisionMode.optional().describe("how closely the manager looks: light, guided or strict"),
  recipe: label
    .optional()
    .describe(
      "recipe by name, display name or alias, or custom; its values fill what no flag sets, except permissions",
    ),
  objective: nonBlank.optional().describe("what the manager works towards and checks against"),
  guideline: texts("rule for the manager; the given ones replace the list"),
  acceptance: texts(
    "what to check regularly; the given ones replace the list, and the task's criteria stay as they are",
  ),
  reference: texts("file or URL to keep at hand; the given ones replace the list"),
  permit: listOf(label).default([]).describe("permission to grant, as CATEGORY.ACTION"),
  revoke: listOf(label).default([]).describe("permission to take away, as CATEGORY.ACTION"),
  allow_pr: z.boolean().default(false).describe("grant repo.open_pr"),
  allow_merge_green: z.boolean().default(false).describe("grant repo.merge_green_pr"),
  allow_worker_compact_clear: z
    .boolean()
    .default(false)
    .describe("grant worker_session.compact and worker_session.clear"),
  permissions: cli(permissionChanges, { flag: "permissions-json", json: true, placeholder: "json" })
    .optional()
    .describe("permissions as a JSON object: a category's list replaces it, a name with a boolean grants or revokes"),
  tool: listOf(toolName).default([]).describe("expected tool; the given ones replace the list"),
  epilogue: listOf(epilogueStep)
    .default([])
    .describe("step that is required before finish; the given ones replace the list"),
  nudge_on_completion: completionMode.optional().describe("what follows a completion of the worker"),
  question: texts("set-up question for the user; the given ones replace the list"),
  require_acks: z.boolean().default(false).describe("cycles and finish need both acknowledgements; stays on"),
  drop_require_acks: cli(z.boolean(), { flag: "no-require-acks" })
    .default(false)
    .describe("cycles and finish need no acknowledgements any more"),
  proof_policy: z
    .enum(PROOF_POLICIES)
    .optional()
    .describe("what a finish demands of checks: of criteria that have some, of all, by isolated runs, or nothing"),
  evidence_policy: z
    .enum(EVIDENCE_POLICIES)
    .optional()
    .describe("what a satisfied criterion needs: anything, or evidence with a command and a status that is no failure"),
  append_guideline: texts("rule to add at the end of the list, unless it is in it"),
  remove_guideline: texts("rule to take out of the list, by its exact text"),
  append_acceptance: texts("standing check to add at the end of the list, unless it is in it"),
  remove_acceptance: texts("standing check to take out of the list, by its exact text"),
  append_reference: texts("file or URL to add at the end of the list, unless it is in it"),
  remove_reference: texts("file or URL to take out of the list"),
  append_tool: listOf(toolName).default([]).describe("expected tool to add at the end of the list, unless it is in it"),
  remove_tool: listOf(toolName).default([]).describe("expected tool to take out of the list"),
  clear: listOf(z.enum(CLEARABLE_FIELDS)).default([]).describe("empty this field before anything else is applied"),
  expect_revision: rowId.optional().describe("refuse unless the config has this revision now (0: there is none)"),
};
