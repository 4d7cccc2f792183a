import { z } from "zod";
import { label } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { epilogueDocument } from "./entities.ts";

const reading = { kind: "query", ledger: "read", refuses: BY_NAME, shows_content: true } as const;
const input = {
  task: taskArgument,
  correlation_id: label.optional().describe("only runs with this label; the status is of all"),
};

/** `epilogue --list` (spec 04 §4.13). */
export const list = operation({
  path: "epilogues.list",
  summary: "Show the closing steps of a task and their runs",
  cli: { command: "epilogue", place: 20, select: "list", prints: "json", examples: ["epilogue auth --list"] },
  input: z.object({ ...input, status: z.boolean().default(false).describe("the same document; may be given too") }),
  output: epilogueDocument,
  ...reading,
});

/** `epilogue --status`: the same document (spec 04 §4.13). */
export const status = operation({
  path: "epilogues.status",
  summary: "Show whether the closing steps of a task were taken",
  cli: { command: "epilogue", place: 30, select: "status", prints: "json" },
  input: z.object(input),
  output: epilogueDocument,
  ...reading,
});
