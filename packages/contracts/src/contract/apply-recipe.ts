import { z } from "zod";
import { label, rowId } from "../bounds.ts";
import { count, taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { recordedConfig } from "./entities.ts";

/** `manager-config --apply-recipe` (spec 04 §8, 2). */
export const applyRecipe = operation({
  path: "contract.applyRecipe",
  kind: "mutation",
  summary: "Take over all settings of a recipe in one revision, permissions included, and make its loop",
  ledger: "write",
  refuses: [...BY_NAME, "confirmation_required", "gate_failed", "terminal_state", "conflict", "permission_denied"],
  cli: {
    command: "manager-config",
    place: 15,
    select: "apply-recipe",
    prints: "json",
    notes: "Without --confirmed it only says what it would do: the locked summary, for a person to confirm.",
    examples: ["manager-config auth --apply-recipe test-coverage-loop --confirmed --seed-criteria"],
  },
  input: z.object({
    task: taskArgument,
    recipe: cli(label, { flag: "apply-recipe", placeholder: "recipe" }).describe(
      "recipe by name, display name or alias",
    ),
    confirmed: z
      .boolean()
      .default(false)
      .describe("a person has confirmed the summary, each permission in it included"),
    seed_criteria: z.boolean().default(false).describe("make accepted criteria of its acceptance list"),
    max_iterations: z.int().min(1).max(1_000).optional().describe("of the loop; default: as the recipe's page says"),
    expect_revision: rowId.optional().describe("refuse unless the config has this revision now (0: there is none)"),
  }),
  output: z.object({
    config: recordedConfig,
    locked_summary: z.string().describe("what was confirmed"),
    loop_run_id: z.string().nullable().describe("the loop that was made; null for a recipe without one"),
    criteria_seeded: count,
  }),
});
