import { presents } from "../presentation.ts";
import { shellWords } from "../print/shell-words.ts";
import { lines, table } from "../print/text.ts";

/** `manager-recipes --list` (spec 04 §4.4). */
export const listRecipes = presents("contract.listRecipes", {
  text: ({ recipes }) => {
    const rows = recipes.map(({ name, mode, loop_template, description }) => [
      name,
      loop_template === null ? `mode=${mode}` : `mode=${mode} loop=${loop_template}`,
      description,
    ]);
    return table(rows, { isTerminal: false });
  },
});

/** `manager-recipes --show` (spec 04 §4.4). */
export const showRecipe = presents("contract.showRecipe", {
  text: ({ recipe }) =>
    lines(
      recipe.locked_summary_template,
      "",
      shellWords(recipe.manager_config_command),
      recipe.loop_template !== null && `loop template: ${recipe.loop_template}`,
    ),
});
