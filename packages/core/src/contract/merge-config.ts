import type { ManagerConfig } from "@conveyor/contracts";
import type { PermissionChanges } from "@conveyor/contracts/contract/permissions";
import { canonicalJson } from "@conveyor/store";
import { CUSTOM_RECIPE, type ManagerRecipe } from "../loops/recipes.ts";
import { grantPermissions, noPermissions, overridePermissions } from "./permissions.ts";

/** What a config says, without what the ledger adds. */
export type ManagerPolicy = Omit<ManagerConfig, "task_id" | "revision" | "created_at" | "updated_at">;

/** What the flags of `pair` and `manager-config` say. What is undefined was not given. */
export interface ConfigChanges {
  /** A recipe by name; its own values fill what no flag sets, except permissions. Null: explicitly none. */
  recipe?: ManagerRecipe | null | undefined;
  supervision_mode?: ManagerPolicy["supervision_mode"] | undefined;
  objective?: string | undefined;
  guidelines?: readonly string[] | undefined;
  acceptance_criteria?: readonly string[] | undefined;
  reference_paths?: readonly string[] | undefined;
  tools?: readonly string[] | undefined;
  epilogues?: ManagerPolicy["epilogues"] | undefined;
  nudge_on_completion?: ManagerPolicy["nudge_on_completion"] | undefined;
  setup_questions?: readonly string[] | undefined;
  /** Can only be switched on. */
  require_acks?: true | undefined;
  /** Permissions to add, by name or alias. */
  grants?: readonly string[] | undefined;
  /** Applied last: a category's list replaces it, a name grants or revokes. */
  permissions?: PermissionChanges | undefined;
}

export interface MergedConfig {
  policy: ManagerPolicy;
  /** Names of the fields whose value is another now, sorted; all fields when there was no config. */
  changed_fields: string[];
  /** What was supplied and means nothing. */
  warnings: string[];
}

const DEFAULTS: ManagerPolicy = {
  recipe_name: null,
  supervision_mode: "guided",
  objective: null,
  guidelines: [],
  acceptance_criteria: [],
  reference_paths: [],
  permissions: noPermissions(),
  tools: [],
  epilogues: [],
  nudge_on_completion: "ask-operator",
  require_acks: false,
  setup_questions: [],
};

/**
 * What a manager config says after a change: a flag wins over the named recipe, the recipe over what is there, that over
 * the defaults. A list that is given replaces the list; permissions are added to and then overridden (spec 01 §6.3
 * step 4, spec 04 §4.2). Pure. Throws `invalid_input` for a permission object that is not exact.
 */
export function mergeManagerConfig(existing: ManagerPolicy | null, changes: ConfigChanges): MergedConfig {
  const base = existing ?? { ...DEFAULTS, recipe_name: CUSTOM_RECIPE };
  const { recipe } = changes;
  const added = grantPermissions(base.permissions, changes.grants ?? []);
  const policy: ManagerPolicy = {
    recipe_name: recipe === undefined ? base.recipe_name : (recipe?.slug ?? CUSTOM_RECIPE),
    supervision_mode: changes.supervision_mode ?? recipe?.supervision_mode ?? base.supervision_mode,
    objective: changes.objective ?? base.objective,
    guidelines: [...(changes.guidelines ?? recipe?.guidelines ?? base.guidelines)],
    acceptance_criteria: [...(changes.acceptance_criteria ?? recipe?.acceptance_criteria ?? base.acceptance_criteria)],
    reference_paths: [...(changes.reference_paths ?? base.reference_paths)],
    permissions: overridePermissions(added.permissions, changes.permissions ?? {}),
    tools: distinct(changes.tools ?? recipe?.tools ?? base.tools),
    epilogues: distinct(changes.epilogues ?? recipe?.epilogues ?? base.epilogues),
    nudge_on_completion: changes.nudge_on_completion ?? base.nudge_on_completion,
    require_acks: base.require_acks || changes.require_acks === true,
    setup_questions: [...(changes.setup_questions ?? base.setup_questions)],
  };
  return {
    policy,
    changed_fields: (Object.keys(policy) as (keyof ManagerPolicy)[])
      .filter((field) => existing === null || canonicalJson(existing[field]) !== canonicalJson(policy[field]))
      .sort(),
    warnings: added.warnings,
  };
}

/** Whether anything at all was said about the config. Pure. */
export function saysAnything(changes: ConfigChanges): boolean {
  return Object.values(changes).some((value) => value !== undefined);
}

/** Trimmed, without blanks, the first of equals kept. */
function distinct<Text extends string>(texts: readonly Text[]): Text[] {
  return [...new Set(texts.map((text) => text.trim() as Text))].filter((text) => text !== "");
}
