import { z } from "zod";
import { label } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { managerRecipe } from "./entities.ts";

/** `manager-recipes --list` (spec 04 §4.4). */
export const listRecipes = operation({
  path: "contract.listRecipes",
  kind: "query",
  summary: "List the ready-made ways to supervise",
  ledger: "none",
  cli: { command: "manager-recipes", place: 50, select: "list", prints: "text" },
  input: z.object({}),
  output: z.object({ recipes: z.array(managerRecipe) }),
});

/** `manager-recipes --show RECIPE` (spec 04 §4.4). */
export const showRecipe = operation({
  path: "contract.showRecipe",
  kind: "query",
  summary: "Show one recipe with the summary to confirm and the command that records it",
  ledger: "none",
  refuses: ["not_found"],
  cli: {
    command: "manager-recipes",
    place: 60,
    select: "show",
    prints: "text",
    examples: ['manager-recipes --show "ship it"'],
  },
  input: z.object({
    recipe: cli(label, { flag: "show", placeholder: "recipe" }).describe("recipe by name, display name or alias"),
  }),
  output: z.object({ recipe: managerRecipe }),
});
