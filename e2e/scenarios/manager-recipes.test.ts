import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { shellWords } from "../../apps/cli/src/print/shell-words.ts";
import { recipeView } from "../../packages/core/src/contract/recipes.ts";
import { MANAGER_RECIPES } from "../../packages/core/src/loops/recipes.ts";
import { blocksOf } from "../support/world/markdown.ts";
import { start, told } from "../support/world/process.ts";
import { REPOSITORY, withWorld } from "../support/world/world.ts";

const GUIDE = readFileSync(join(REPOSITORY, "docs/manager-recipes.md"), "utf8");

it("the commands of the page of recipes do what it says, from the first to the last", {
  timeout: 240_000,
}, async () => {
  await withWorld({}, async (world) => {
    for (const { text } of blocksOf(GUIDE).filter(({ info }) => info === "sh recipes")) {
      const running = await start(["bash", "-eo", "pipefail", "-c", text], {
        cwd: world.project,
        env: world.callerEnv,
        limit_ms: 120_000,
      });
      const ran = await running.done;
      expect(ran.code, told(ran)).toBe(0);
    }
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "delivery", state: "done" }]);
  });
});

it.each(MANAGER_RECIPES.map((recipe) => [recipe.slug, recipeView(recipe)] as const))(
  "the page has the very command of %s, and all that speaks against it",
  (_slug, recipe) => {
    const command = recipe.manager_config_command.map((word) => (word === "<task>" ? "delivery" : word));
    expect(GUIDE).toContain(`\n${shellWords(command)}\n`);
    for (const condition of recipe.fail_closed) expect(GUIDE).toContain(`\n- ${condition}\n`);
    for (const part of [...recipe.evidence_gates, ...recipe.disallowed_actions, ...recipe.final_report_requirements]) {
      expect(GUIDE).toContain(part);
    }
  },
);
