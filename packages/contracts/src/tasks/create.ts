import { z } from "zod";
import { freeText, newName, nonBlank } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { taskState } from "./entities.ts";

/** `tasks --create NAME` (spec 01 §6.7): the same name and content again answers with the first task. */
export const create = operation({
  path: "tasks.create",
  kind: "mutation",
  summary: "Create a task",
  ledger: "create",
  refuses: ["conflict"],
  cli: {
    command: "tasks",
    place: 30,
    select: "create",
    prints: "json",
    examples: ['tasks --create auth --goal "Refactor auth"'],
  },
  input: z.object({
    name: cli(newName(), { flag: "create", placeholder: "name" }).describe("name of the new task"),
    goal: nonBlank.describe("what is to be reached"),
    summary: freeText.nullable().default(null).describe("short description"),
  }),
  output: z.object({ created: z.boolean(), id: z.string(), name: z.string(), state: taskState }),
});
