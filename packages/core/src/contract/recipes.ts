import type { Input, ManagerRecipeView, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { MANAGER_RECIPES, type ManagerRecipe, recipeOf } from "../loops/recipes.ts";
import { RECIPE_WORDS, REPORT_OF_ALL, SUPPORT_PATTERNS } from "./recipe-words.ts";

/** Every recipe by name (spec 04 §4.4). */
export async function listRecipes(
  _ctx: HostCtx,
  _input: Input<"contract.listRecipes">,
): Promise<Output<"contract.listRecipes">> {
  const recipes = MANAGER_RECIPES.map(recipeView);
  return { recipes: recipes.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** One recipe. Throws `not_found`, also for `custom`, which is the lack of one. */
export async function showRecipe(
  _ctx: HostCtx,
  { recipe: name }: Input<"contract.showRecipe">,
): Promise<Output<"contract.showRecipe">> {
  const recipe = recipeOf(name);
  if (recipe !== null) return { recipe: recipeView(recipe) };
  throw new ConveyorError("not_found", "custom is no recipe: everything in it is chosen by you", {
    hint: `choose one of ${MANAGER_RECIPES.map(({ slug }) => slug).join(", ")}`,
    details: { kind: "recipe", recipe: name },
  });
}

/** A recipe as it is shown. Pure. */
export function recipeView(recipe: ManagerRecipe): ManagerRecipeView {
  const words = RECIPE_WORDS[recipe.slug];
  const config = configCommandOf(recipe);
  return {
    name: recipe.slug,
    display_name: recipe.display_name,
    description: words.description,
    aliases: [...recipe.aliases],
    cues: [...words.cues],
    mode: recipe.supervision_mode,
    objective: words.objective,
    guidelines: [...recipe.guidelines],
    acceptance: [...recipe.acceptance_criteria],
    permissions: [...recipe.permissions],
    tools: [...recipe.tools],
    epilogues: [...recipe.epilogues],
    evidence_gates: [...recipe.evidence_gates],
    cleanup: recipe.cleanup,
    disallowed_actions: [...words.disallowed_actions],
    fail_closed: [...words.fail_closed],
    final_report_requirements: [...REPORT_OF_ALL, ...words.report],
    support_patterns: [...SUPPORT_PATTERNS],
    loop_template: recipe.loop_template,
    locked_summary_template: lockedSummaryOf(recipe),
    manager_config_command: config,
    setup_commands: [config, ["conveyor", "manager-config", "<task>", "--questions"]],
  };
}

/** What the manager shows and has confirmed before it records anything (spec 04 §4.4). */
function lockedSummaryOf(recipe: ManagerRecipe): string {
  const words = RECIPE_WORDS[recipe.slug];
  const rows: [title: string, values: readonly string[]][] = [
    ["Selected recipe", [recipe.display_name]],
    ["Mode", [recipe.supervision_mode]],
    ["Permissions", recipe.permissions],
    ["Tools", recipe.tools],
    ["Epilogues", recipe.epilogues],
    ["Cleanup", [recipe.cleanup]],
    ["Evidence gates", recipe.evidence_gates],
    ["Final report", [...REPORT_OF_ALL, ...words.report]],
    ["Not allowed", words.disallowed_actions],
    ["User confirmed", ["<yes|no>"]],
  ];
  return rows.map(([title, values]) => `${title}: ${values.length === 0 ? "none" : values.join("; ")}`).join("\n");
}

/** Permissions that have a flag of their own, in the order in which they are printed; all of them must be there. */
const FLAGS_OF_PERMISSIONS: readonly [flag: string, permissions: readonly string[]][] = [
  ["--allow-worker-compact-clear", ["worker_session.compact", "worker_session.clear"]],
  ["--allow-pr", ["repo.open_pr"]],
  ["--allow-merge-green", ["repo.merge_green_pr"]],
];

/** The command that records all that the recipe names, permissions included, once a person has confirmed it. */
function configCommandOf(recipe: ManagerRecipe): string[] {
  const flags = FLAGS_OF_PERMISSIONS.filter(([, all]) => all.every((one) => recipe.permissions.includes(one)));
  const covered = new Set(flags.flatMap(([, permissions]) => permissions));
  const others = recipe.permissions.filter((permission) => !covered.has(permission)).sort();
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value]);
  return [
    "conveyor",
    "manager-config",
    "<task>",
    ...["--recipe", recipe.slug, "--mode", recipe.supervision_mode],
    ...["--objective", RECIPE_WORDS[recipe.slug].objective],
    ...each("--guideline", recipe.guidelines),
    ...each("--acceptance", recipe.acceptance_criteria),
    ...flags.map(([flag]) => flag),
    ...each("--permit", others),
    ...each("--tool", recipe.tools),
    ...each("--epilogue", recipe.epilogues),
  ];
}
