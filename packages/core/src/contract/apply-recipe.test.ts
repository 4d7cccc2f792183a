import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { list } from "../criteria/list.ts";
import { MANAGER_RECIPES } from "../loops/recipes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { applyRecipe } from "./apply-recipe.ts";
import { findManagerConfig } from "./record-config.ts";

let world: World;
beforeEach(async () => {
  world = createWorld();
  await world.task({ name: "parser" });
});
afterEach(() => world.close());

const apply = (call: Partial<CallOf<typeof operations.contract.applyRecipe>>) =>
  applyRecipe(
    world.ctx,
    operations.contract.applyRecipe.input.parse({ task: "parser", recipe: "test coverage", ...call }),
  );

it("takes over all of a recipe at once, once a person has confirmed it", async () => {
  await expect(apply({})).rejects.toMatchObject({
    code: "confirmation_required",
    details: { locked_summary: expect.stringMatching(/Permissions: worker_session.*\n[\s\S]*User confirmed: no$/) },
  });
  const { id } = await world.store.read((tx) => tx.db.tasks.findFirstOrThrow());
  expect(await world.store.read((tx) => findManagerConfig(tx, id))).toBeNull();
  const done = await apply({ confirmed: true, seed_criteria: true, max_iterations: 7, expect_revision: 0 });
  const recipe = MANAGER_RECIPES.find(({ slug }) => slug === "test-coverage-loop");
  expect(done.config).toMatchObject({
    recipe_name: "test-coverage-loop",
    supervision_mode: "strict",
    revision: 1,
    guidelines: recipe?.guidelines,
    permissions: { worker_session: ["clear", "compact"], repo: [] },
  });
  expect(done.locked_summary).toMatch(/User confirmed: yes$/);
  expect(done.criteria_seeded).toBe(recipe?.acceptance_criteria.length);
  expect((await list(world.ctx, { task: "parser", status: [] })).summary.accepted).toBe(done.criteria_seeded);
  const run = await world.store.read((tx) => tx.db.runs.findUniqueOrThrow({ where: { id: done.loop_run_id ?? "" } }));
  expect(JSON.parse(run.metadata_json)).toMatchObject({ template: "test_coverage_loop", max_iterations: 7 });
  await expect(apply({ confirmed: true, expect_revision: 9 })).rejects.toMatchObject({ code: "gate_failed" });
});

it.each(MANAGER_RECIPES.map(({ slug }) => slug))("can be done with %s", async (recipe) => {
  expect((await apply({ recipe, confirmed: true })).config.recipe_name).toBe(recipe);
});
