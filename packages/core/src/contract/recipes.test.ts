import { permissionActions } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import type { HostCtx } from "../ctx.ts";
import { MANAGER_RECIPES } from "../loops/recipes.ts";
import { listRecipes, recipeView, showRecipe } from "./recipes.ts";

const ctx = {} as HostCtx;

describe("manager-recipes", () => {
  it("lists every recipe by name", async () => {
    const { recipes } = await listRecipes(ctx, {});
    expect(recipes).toHaveLength(8);
    expect(recipes.map(({ name }) => name)).toEqual([...recipes.map(({ name }) => name)].sort());
  });

  it.each(["ship it", "Autonomous Ship-It Loop", " SHIP_IT LOOP ", "ship-it"])("finds one as %j", async (recipe) => {
    expect((await showRecipe(ctx, { recipe })).recipe).toMatchObject({
      name: "ship-it-loop",
      loop_template: "ship_it_loop",
    });
  });

  it.each(["custom", "world peace"])("says that %s is none", async (recipe) => {
    await expect(showRecipe(ctx, { recipe })).rejects.toMatchObject({ code: "not_found", details: { kind: "recipe" } });
  });

  it("summarises what is to be confirmed, in its order, with none for nothing", async () => {
    const { recipe } = await showRecipe(ctx, { recipe: "nudge-whats-next" });
    expect(recipe.locked_summary_template.split("\n").map((line) => line.split(":")[0])).toEqual([
      "Selected recipe",
      "Mode",
      "Permissions",
      "Tools",
      "Epilogues",
      "Cleanup",
      "Evidence gates",
      "Final report",
      "Not allowed",
      "User confirmed",
    ]);
    expect(recipe.locked_summary_template).toContain("Permissions: none\n");
    expect(recipe.locked_summary_template).toMatch(/User confirmed: <yes\|no>$/);
  });

  it.each(MANAGER_RECIPES.map((recipe) => [recipe.slug, recipe] as const))(
    "records exactly what %s names by its command, and never the final report",
    (_slug, recipe) => {
      const { manager_config_command: argv, final_report_requirements } = recipeView(recipe);
      const values = (flag: string) => argv.flatMap((word, i) => (word === flag ? [argv[i + 1]] : []));
      expect(values("--mode")).toEqual([recipe.supervision_mode]);
      expect(values("--guideline")).toEqual(recipe.guidelines);
      expect(values("--acceptance")).toEqual(recipe.acceptance_criteria);
      expect(values("--tool")).toEqual(recipe.tools);
      expect(values("--epilogue")).toEqual(recipe.epilogues);
      const aliases = argv.filter((word) => word.startsWith("--allow-"));
      const named = [...aliases.map((flag) => flag.slice(2).replaceAll("-", "_")), ...values("--permit")];
      const granted = named.flatMap((name) => permissionActions(name as string) ?? []);
      expect(granted.sort()).toEqual([...recipe.permissions].sort());
      for (const text of final_report_requirements) expect(argv).not.toContain(text);
    },
  );
});
