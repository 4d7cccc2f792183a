import type { Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { recipeOf } from "../loops/recipes.ts";
import type { ConfigChanges, ListChanges } from "./merge-config.ts";

/**
 * What the flags of `manager-config` change (spec 04 §4.2). Pure. Throws `not_found` for an unknown recipe and
 * `conflicting_flags` for both directions of one switch.
 */
export function configChangesOf(input: Input<"contract.configure">): ConfigChanges {
  if (input.require_acks && input.drop_require_acks) {
    throw new ConveyorError("conflicting_flags", "--require-acks and --no-require-acks contradict each other");
  }
  const grants = [
    ...input.permit,
    ...(input.allow_pr ? ["create_pr"] : []),
    ...(input.allow_merge_green ? ["merge_green_pr"] : []),
    ...(input.allow_worker_compact_clear ? ["worker_compact_clear"] : []),
  ];
  return {
    recipe: input.recipe === undefined ? undefined : recipeOf(input.recipe),
    supervision_mode: input.mode,
    objective: input.objective,
    guidelines: given(input.guideline),
    acceptance_criteria: given(input.acceptance),
    reference_paths: given(input.reference),
    tools: given(input.tool),
    epilogues: given(input.epilogue),
    nudge_on_completion: input.nudge_on_completion,
    proof_policy: input.proof_policy,
    evidence_policy: input.evidence_policy,
    setup_questions: given(input.question),
    append: lists({
      guidelines: given(input.append_guideline),
      acceptance_criteria: given(input.append_acceptance),
      reference_paths: given(input.append_reference),
      tools: given(input.append_tool),
    }),
    remove: lists({
      guidelines: given(input.remove_guideline),
      acceptance_criteria: given(input.remove_acceptance),
      reference_paths: given(input.remove_reference),
      tools: given(input.remove_tool),
    }),
    clear: given(input.clear),
    require_acks: input.require_acks ? true : input.drop_require_acks ? false : undefined,
    grants: given(grants),
    revokes: given(input.revoke),
    permissions: input.permissions,
  };
}

/** A list flag that was not given says nothing. */
function given<Item>(list: readonly Item[]): Item[] | undefined {
  return list.length > 0 ? [...list] : undefined;
}

function lists(changes: ListChanges): ListChanges | undefined {
  return Object.values(changes).some((list) => list !== undefined) ? changes : undefined;
}
