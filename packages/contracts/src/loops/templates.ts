import { z } from "zod";
import { label } from "../bounds.ts";
import { taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { createdRun, policyFields, templateDocument } from "./entities.ts";

/** `loop-templates --list` (spec 05 §5.1). */
export const listTemplates = operation({
  path: "loops.listTemplates",
  kind: "query",
  summary: "List the ready-made loop policies",
  ledger: "if_there",
  cli: { command: "loop-templates", place: 10, select: "list", prints: "json" },
  input: z.object({}),
  output: z.object({ templates: z.array(templateDocument) }),
});

/** `loop-templates --show NAME` (spec 05 §5.1). */
export const showTemplate = operation({
  path: "loops.showTemplate",
  kind: "query",
  summary: "Show one loop template",
  ledger: "if_there",
  refuses: ["not_found"],
  cli: {
    command: "loop-templates",
    place: 20,
    select: "show",
    prints: "json",
    examples: ["loop-templates --show ship_it_loop"],
  },
  input: z.object({
    template: cli(label, { flag: "show", placeholder: "name" }).describe("name of the template"),
  }),
  output: templateDocument,
});

/** `loop-templates --create-run TASK --template NAME` (spec 05 §5.1). */
export const createFromTemplate = operation({
  path: "loops.createFromTemplate",
  kind: "mutation",
  summary: "Make a loop policy for a task from a template",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "terminal_state"],
  cli: {
    command: "loop-templates",
    place: 30,
    select: "create-run",
    prints: "json",
    notes:
      "The same --name and content again answers with the run that there is. Without --name every call makes a new one.",
    examples: [
      "loop-templates --create-run auth --template test_coverage_loop --name nightly",
      "loop-templates --create-run auth --template ship_it_loop --current-iteration 1",
    ],
  },
  input: z.object({
    task: cli(taskRef, { flag: "create-run", placeholder: "task" }).describe("task that the loop is for"),
    template: label.describe("name of the template"),
    ...policyFields,
  }),
  output: createdRun,
});
