import type { ConfigAnswers, Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { recipeOf } from "../loops/recipes.ts";
import { configChangesOf } from "./config-changes.ts";
import { writeConfig } from "./configure.ts";
import type { ConfigChanges } from "./merge-config.ts";

/**
 * Write the answers to the set-up questions over the flags and what is there, in one revision (spec 04 §4.2.3). Throws what
 * `configure` throws.
 */
export async function interview(ctx: Ctx, input: Input<"contract.interview">): Promise<Output<"contract.interview">> {
  const changes = { ...configChangesOf(input), ...said(answersAsChanges(input.answers)) };
  return ctx.store.write((tx) => writeConfig(ctx, tx, input, changes));
}

/** What the answers change; an answer that is an empty text or list empties the field. Pure. */
function answersAsChanges(answers: ConfigAnswers): ConfigChanges {
  return {
    recipe: answers.recipe_name === undefined ? undefined : recipeOf(answers.recipe_name),
    supervision_mode: answers.supervision_mode,
    objective: answers.objective,
    guidelines: answers.guidelines,
    acceptance_criteria: answers.acceptance_criteria,
    reference_paths: answers.reference_paths,
    permissions: answers.permissions,
    tools: answers.tools,
    epilogues: answers.epilogues,
    nudge_on_completion: answers.nudge_on_completion,
    require_acks: answers.require_acks,
  };
}

/** Without what is undefined, which would hide what a flag says. */
function said(changes: ConfigChanges): ConfigChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
