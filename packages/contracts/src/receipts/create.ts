import { z } from "zod";
import { filePath } from "../bounds.ts";
import { projectRoot } from "../checks/entities.ts";
import { taskArgument, taskRefObject, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";

/** A DSSE envelope. */
const envelope = z.object({
  payloadType: z.string(),
  payload: z.string().describe("the signed statement, in base64"),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
});

/** `receipt TASK` (spec 09 §9.6). */
export const create = operation({
  path: "receipts.create",
  kind: "mutation",
  summary: "Sign what checks prove of a task and its files as they are now",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict"],
  cli: {
    command: "receipt",
    place: 10,
    prints: "json",
    notes: "The file holds one DSSE envelope a line: first the receipt, then a test result for each command check.",
    examples: ["receipt auth --output auth.intoto.jsonl", "receipt auth --markdown"],
  },
  input: z.object({
    task: taskArgument,
    file: cli(filePath, { flag: "output", path: true, placeholder: "file" })
      .optional()
      .describe("write the envelopes here"),
    markdown: z.boolean().default(false).describe("print a table for the description of a pull request instead"),
    root: projectRoot.optional(),
  }),
  output: z.object({
    receipt: z.object({
      id: z.int(),
      task_id: z.string(),
      statement_sha256: z.string(),
      signed_with: z.string().describe("id of the key"),
      path: z.string().nullable(),
      created_at: timestamp,
    }),
    task: taskRefObject,
    envelopes: z.array(envelope),
    markdown: z.string().describe("the same as a table"),
  }),
});
