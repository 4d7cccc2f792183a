import { z } from "zod";
import { filePath, label } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { templateDocument } from "./entities.ts";

/** `loop-templates --import FILE` (spec 05 §9). */
export const importTemplates = operation({
  path: "loops.importTemplates",
  kind: "mutation",
  summary: "Take loop templates of your own from a file",
  ledger: "create",
  refuses: ["conflict", "not_found"],
  cli: {
    command: "loop-templates",
    place: 33,
    select: "import",
    prints: "json",
    notes:
      'The file is JSON: one template, or {"templates": [...]}. A template has the fields that --show prints, may extend\n' +
      "another one by name, and may add budgets, freshness and conflict_policy. Unknown keys are refused. A changed\n" +
      "template becomes a new version; runs keep the one that they were made with.",
    examples: ["loop-templates --import nightly.json"],
  },
  input: z.object({
    file: cli(filePath, { flag: "import", path: true, placeholder: "file" }).describe("file that holds the templates"),
  }),
  output: z.object({
    imported: z.array(
      z.object({
        name: z.string(),
        version: count,
        sha256: z.string(),
        created: z.boolean().describe("whether it is a new version; false: the newest one is the same"),
      }),
    ),
  }),
});

/** `loop-templates --export NAME` (spec 05 §9). */
export const exportTemplate = operation({
  path: "loops.exportTemplate",
  kind: "query",
  summary: "Print a loop template in the form in which it is imported",
  ledger: "if_there",
  refuses: ["not_found"],
  cli: {
    command: "loop-templates",
    place: 36,
    select: "export",
    prints: "json",
    examples: ["loop-templates --export ship_it_loop > mine.json"],
  },
  input: z.object({
    template: cli(label, { flag: "export", placeholder: "name" }).describe("name of the template"),
  }),
  output: templateDocument.omit({ version: true, sha256: true }),
});
