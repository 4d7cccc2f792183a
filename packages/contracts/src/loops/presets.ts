import { z } from "zod";
import { label } from "../bounds.ts";
import { taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { createdRun, policyFields, templateDocument } from "./entities.ts";

/** `ralph-loop-presets --list` (spec 05 §5.2): the templates under their older name. */
export const listPresets = operation({
  path: "loops.listPresets",
  kind: "query",
  summary: "List the loop templates under their older name",
  ledger: "if_there",
  cli: { command: "ralph-loop-presets", place: 40, select: "list", prints: "json" },
  input: z.object({}),
  output: z.object({ presets: z.array(templateDocument) }),
});

/** `ralph-loop-presets --show NAME` (spec 05 §5.2). */
export const showPreset = operation({
  path: "loops.showPreset",
  kind: "query",
  summary: "Show one loop preset",
  ledger: "if_there",
  refuses: ["not_found"],
  cli: { command: "ralph-loop-presets", place: 50, select: "show", prints: "json" },
  input: z.object({ preset: cli(label, { flag: "show", placeholder: "name" }).describe("name of the preset") }),
  output: templateDocument,
});

/** `ralph-loop-presets --create-run TASK --preset NAME` (spec 05 §5.2). */
export const createFromPreset = operation({
  path: "loops.createFromPreset",
  kind: "mutation",
  summary: "Make a loop policy for a task from a preset",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "terminal_state"],
  cli: {
    command: "ralph-loop-presets",
    place: 60,
    select: "create-run",
    prints: "json",
    examples: ["ralph-loop-presets --create-run auth --preset pr_ci_merge_loop --max-iterations 3"],
  },
  input: z.object({
    task: cli(taskRef, { flag: "create-run", placeholder: "task" }).describe("task that the loop is for"),
    preset: label.describe("name of the preset"),
    ...policyFields,
  }),
  output: createdRun,
});
