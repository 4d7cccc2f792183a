import type { ManagerConfig } from "@conveyor/contracts";
import type { PermissionChanges } from "@conveyor/contracts/contract/permissions";
import { canonicalJson } from "@conveyor/store";
import { CUSTOM_RECIPE, type ManagerRecipe } from "../loops/recipes.ts";
import { grantPermissions, noPermissions, overridePermissions, revokePermissions } from "./permissions.ts";

/** What a config says, without what the ledger adds. */
export type ManagerPolicy = Omit<ManagerConfig, "task_id" | "revision" | "created_at" | "updated_at">;

/** A field that can be emptied. */
export type ClearableField = Extract<
  keyof ManagerPolicy,
  | "objective"
  | "guidelines"
  | "acceptance_criteria"
  | "reference_paths"
  | "permissions"
  | "tools"
  | "epilogues"
  | "setup_questions"
>;

/** Texts by the list that they belong to. */
export type ListChanges = Partial<
  Record<"guidelines" | "acceptance_criteria" | "reference_paths" | "tools", readonly string[] | undefined>
>;

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
  proof_policy?: ManagerPolicy["proof_policy"] | undefined;
  evidence_policy?: ManagerPolicy["evidence_policy"] | undefined;
  setup_questions?: readonly string[] | undefined;
  /** Texts to add at the end of a list, unless they are in it. */
  append?: ListChanges | undefined;
  /** Texts to take out of a list. */
  remove?: ListChanges | undefined;
  /** Fields that are emptied before anything else is applied. */
  clear?: readonly ClearableField[] | undefined;
  require_acks?: boolean | undefined;
  /** Permissions to add, by name or alias. */
  grants?: readonly string[] | undefined;
  /** Permissions to take away, by name or alias. */
  revokes?: readonly string[] | undefined;
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
  proof_policy: "auto",
  evidence_policy: "open",
  require_acks: false,
  setup_questions: [],
};

/**
 * What a manager config says after a change: a flag wins over the named recipe, the recipe over what is there, that over
 * the defaults. A list that is given replaces the list, then texts are added to it and taken out of it; permissions are
 * added to, taken away and then overridden (spec 01 §6.3 step 4, spec 04 §4.2, §8). Pure. Throws `invalid_input` for a
 * permission object that is not exact.
 */
export function mergeManagerConfig(existing: ManagerPolicy | null, changes: ConfigChanges): MergedConfig {
  const base = cleared(existing ?? { ...DEFAULTS, recipe_name: CUSTOM_RECIPE }, changes.clear ?? []);
  const { recipe } = changes;
  const added = grantPermissions(base.permissions, changes.grants ?? []);
  const taken = revokePermissions(added.permissions, changes.revokes ?? []);
  const lists = new ListEditor(changes);
  const policy: ManagerPolicy = {
    recipe_name: recipe === undefined ? base.recipe_name : (recipe?.slug ?? CUSTOM_RECIPE),
    supervision_mode: changes.supervision_mode ?? recipe?.supervision_mode ?? base.supervision_mode,
    objective: changes.objective ?? base.objective,
    guidelines: lists.edit("guidelines", changes.guidelines ?? recipe?.guidelines ?? base.guidelines),
    acceptance_criteria: lists.edit(
      "acceptance_criteria",
      changes.acceptance_criteria ?? recipe?.acceptance_criteria ?? base.acceptance_criteria,
    ),
    reference_paths: lists.edit("reference_paths", changes.reference_paths ?? base.reference_paths),
    permissions: overridePermissions(taken.permissions, changes.permissions ?? {}),
    tools: distinct(lists.edit("tools", changes.tools ?? recipe?.tools ?? base.tools)),
    epilogues: distinct(changes.epilogues ?? recipe?.epilogues ?? base.epilogues),
    nudge_on_completion: changes.nudge_on_completion ?? base.nudge_on_completion,
    proof_policy: changes.proof_policy ?? base.proof_policy,
    evidence_policy: changes.evidence_policy ?? base.evidence_policy,
    require_acks: changes.require_acks ?? base.require_acks,
    setup_questions: [...(changes.setup_questions ?? base.setup_questions)],
  };
  return {
    policy,
    changed_fields: (Object.keys(policy) as (keyof ManagerPolicy)[])
      .filter((field) => existing === null || canonicalJson(existing[field]) !== canonicalJson(policy[field]))
      .sort(),
    warnings: [...added.warnings, ...taken.warnings, ...lists.warnings],
  };
}

function cleared(policy: ManagerPolicy, fields: readonly ClearableField[]): ManagerPolicy {
  return { ...policy, ...Object.fromEntries(fields.map((field) => [field, DEFAULTS[field]])) };
}

/** Applies what is to be added to lists and taken out of them, and notes what was in none. */
class ListEditor {
  readonly warnings: string[] = [];
  readonly #changes: ConfigChanges;

  constructor(changes: ConfigChanges) {
    this.#changes = changes;
  }

  edit(field: keyof ListChanges, list: readonly string[]): string[] {
    const edited = [...list];
    for (const text of this.#changes.append?.[field] ?? []) if (!edited.includes(text)) edited.push(text);
    const gone = new Set(this.#changes.remove?.[field]);
    for (const text of gone) if (!edited.includes(text)) this.warnings.push(`not_in_list: ${field}: ${text}`);
    return edited.filter((text) => !gone.has(text));
  }
}

/** Whether anything at all was said about the config. Pure. */
export function saysAnything(changes: ConfigChanges): boolean {
  return Object.values(changes).some((value) => value !== undefined);
}

/** Trimmed, without blanks, the first of equals kept. */
function distinct<Text extends string>(texts: readonly Text[]): Text[] {
  return [...new Set(texts.map((text) => text.trim() as Text))].filter((text) => text !== "");
}
