import type { Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ConfigChanges } from "../../contract/merge-config.ts";
import { recipeOf } from "../../loops/recipes.ts";
import { assertTextFits } from "../preflight.ts";

export type PairInput = Input<"startup.pair">;

/** What can be known to be wrong, or right, from the flags alone. */
export interface PairPlan {
  changes: ConfigChanges;
}

/**
 * Read the flags of `pair` (spec 01 §6.3 step 2). Pure. Throws `invalid_input` (equal names) and `not_found` (recipe).
 */
export function planOf(input: PairInput): PairPlan {
  if (input.worker_name === input.manager_name) {
    throw new ConveyorError(
      "invalid_input",
      `worker and manager cannot both be called ${JSON.stringify(input.worker_name)}`,
      {
        hint: "session names are unique: choose two",
      },
    );
  }
  assertTextFits("task-goal", input.task_goal);
  assertTextFits("task-prompt", input.task_prompt);
  const grants = [
    ...input.manager_permit,
    ...(input.manager_allow_pr ? ["create_pr"] : []),
    ...(input.manager_allow_merge_green ? ["merge_green_pr"] : []),
    ...(input.manager_allow_worker_compact_clear ? ["worker_compact_clear"] : []),
  ];
  return {
    changes: {
      recipe: input.manager_recipe === undefined ? undefined : recipeOf(input.manager_recipe),
      supervision_mode: input.manager_mode,
      objective: input.manager_objective,
      guidelines: given(input.manager_guideline),
      acceptance_criteria: given(input.manager_acceptance),
      reference_paths: given(input.manager_reference),
      tools: given(input.manager_tool),
      epilogues: given(input.manager_epilogue),
      nudge_on_completion: input.manager_nudge_on_completion,
      setup_questions: given(input.manager_question),
      require_acks: input.manager_require_acks ? true : undefined,
      grants: given(grants),
      permissions: input.manager_permissions,
    },
  };
}

/** A list flag that was not given says nothing. */
function given<Item>(list: readonly Item[]): Item[] | undefined {
  return list.length > 0 ? [...list] : undefined;
}
