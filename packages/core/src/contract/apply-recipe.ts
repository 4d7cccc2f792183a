import type { Input, LoopTemplateName, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import { assertMayJudge, checkAuthorOf } from "../checks/actor.ts";
import { seedCriteria } from "../criteria/seed.ts";
import type { Ctx } from "../ctx.ts";
import { insertRun, isTaskOver } from "../loops/insert-run.ts";
import { planLoopPolicy, policyRunName } from "../loops/plan-policy.ts";
import { type ManagerRecipe, recipeOf } from "../loops/recipes.ts";
import { loopTemplate } from "../loops/templates.ts";
import { resolveTask } from "../shared/references.ts";
import { assertRevision } from "./configure.ts";
import { recipeView } from "./recipes.ts";
import { findManagerConfig, recordManagerConfig } from "./record-config.ts";

/**
 * Take over all that a recipe sets, its permissions included, in one revision, make the loop that it works in, and, when asked
 * for, criteria of its acceptance list: all or nothing (spec 04 §8, 2). Without a confirmation it only says, as the error
 * `confirmation_required`, what would be done. Throws that, `not_found`, `ambiguous`, `terminal_state`, `conflict`,
 * `gate_failed` for another revision than was expected, `permission_denied` for whoever does the work.
 */
export async function applyRecipe(
  ctx: Ctx,
  input: Input<"contract.applyRecipe">,
): Promise<Output<"contract.applyRecipe">> {
  const recipe = recipeOf(input.recipe);
  if (recipe === null) {
    throw new ConveyorError("not_found", "custom is no recipe: there is nothing to take over", {
      hint: "`conveyor manager-recipes --list` shows all",
      details: { kind: "recipe", recipe: input.recipe },
    });
  }
  const summary = (confirmed: "no" | "yes") =>
    recipeView(recipe).locked_summary_template.replace("<yes|no>", confirmed);
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const author = await checkAuthorOf(ctx, tx, task.id);
    assertMayJudge(author, "take over a recipe");
    if (isTaskOver(task.state)) {
      throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state}`, {
        details: { kind: "task", id: task.id, state: task.state },
      });
    }
    assertRevision(input.expect_revision, await findManagerConfig(tx, task.id));
    if (!input.confirmed) throw unconfirmed(summary("no"));
    const { config, warnings } = await recordManagerConfig(tx, task, {
      author,
      source: "manager-config --apply-recipe",
      changes: {
        recipe,
        supervision_mode: recipe.supervision_mode,
        objective: recipeView(recipe).objective,
        guidelines: recipe.guidelines,
        acceptance_criteria: recipe.acceptance_criteria,
        tools: recipe.tools,
        epilogues: [...recipe.epilogues],
        grants: recipe.permissions,
      },
    });
    const loop_run_id = await makeLoop(ctx, tx, { task, recipe, max_iterations: input.max_iterations });
    const criteria_seeded = input.seed_criteria ? await seedCriteria(tx, task.id, recipe.acceptance_criteria) : 0;
    return {
      config: { ...config, ...(warnings.length > 0 && { warnings }) },
      locked_summary: summary("yes"),
      loop_run_id,
      criteria_seeded,
    };
  });
}

interface Loop {
  task: { id: string; name: string };
  recipe: ManagerRecipe;
  max_iterations: number | undefined;
}

async function makeLoop(ctx: Ctx, tx: WriteTx, { task, recipe, max_iterations }: Loop): Promise<string | null> {
  if (recipe.loop_template === null) return null;
  const metadata = planLoopPolicy({
    template: loopTemplate(recipe.loop_template as LoopTemplateName),
    required_before_continue: [],
    adversarial: false,
    current_iteration: 1,
    source: "manager-config",
    max_iterations,
  });
  const run = await insertRun(ctx, tx, {
    task,
    name: policyRunName(task.name, tx.now),
    purpose: "ralph_loop",
    status: "finished",
    metadata: metadata ?? {},
    source: "manager-config",
  });
  return run.id;
}

function unconfirmed(summary: string): ConveyorError {
  const line = summary.split("\n").join(". ");
  return new ConveyorError("confirmation_required", `nothing was changed. What a person has to confirm: ${line}`, {
    hint: "show it to the operator, each permission in it included, then say --confirmed",
    details: { locked_summary: summary },
  });
}
