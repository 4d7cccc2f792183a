import { z } from "zod";
import { filePath, label, listOf, nonBlank, rowId } from "../bounds.ts";
import { CHECK_AUTHORS } from "../checks/words.ts";
import { jsonObject, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterionReceipt } from "./entities.ts";

const refuses = [...BY_NAME, "permission_denied", "conflict"] as const;

/** `criteria --edit` (spec 04 §8, 5). */
export const edit = operation({
  path: "criteria.edit",
  kind: "mutation",
  summary: "Change the words, the labels or the place of a criterion",
  ledger: "write",
  refuses,
  cli: {
    command: "criteria",
    place: 70,
    select: "edit",
    prints: "json",
    examples: [
      'criteria auth --edit 3 --criterion "Parser rejects empty input and says why"',
      "criteria auth --edit 3 --label parser --place 1",
    ],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "edit", placeholder: "id" }).describe("id of the criterion to change"),
    criterion: nonBlank.optional().describe("its new words; whoever does the work may change only what is proposed"),
    label: listOf(label).optional().describe("label for people; the given ones replace those that it has"),
    unlabel: z.boolean().default(false).describe("take all labels away"),
    place: z.int().min(1).max(100_000).optional().describe("its place among the criteria, for people"),
  }),
  output: criterionReceipt,
});

/** `criteria --merge` (spec 04 §8, 5). */
export const merge = operation({
  path: "criteria.merge",
  kind: "mutation",
  summary: "Let one criterion go on in another, with its checks and evidence, as manager or operator",
  ledger: "write",
  refuses,
  cli: {
    command: "criteria",
    place: 80,
    select: "merge",
    prints: "json",
    notes: "The one that is merged becomes rejected and says where it went; checks move, and keep their runs.",
    examples: ["criteria auth --merge 4 --into 3"],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "merge", placeholder: "id" }).describe("id of the criterion that is given up"),
    into: rowId.describe("id of the one that goes on"),
  }),
  output: criterionReceipt,
});

/** `criteria --history` (spec 04 §8, 5). */
export const history = operation({
  path: "criteria.history",
  kind: "query",
  summary: "Show what became of one criterion, from its first entry on",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "criteria", place: 90, select: "history", prints: "json", examples: ["criteria auth --history 3"] },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "history", placeholder: "id" }).describe("id of the criterion"),
  }),
  output: z.object({
    task: taskRefObject,
    entries: z.array(
      z.object({
        seq: z.int(),
        at: timestamp,
        actor: z.string(),
        event: z.string(),
        changes: jsonObject.describe("what the entry says of it, with the values before where they were kept"),
      }),
    ),
  }),
});

const attachment = z.object({
  id: z.int(),
  criterion_id: z.int(),
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  added_by: z.enum(CHECK_AUTHORS),
  created_at: timestamp,
  now: z.enum(["same", "changed", "missing"]).describe("what stands at the path now"),
});

/** `criteria --attach` (spec 04 §8, 4). */
export const attach = operation({
  path: "criteria.attach",
  kind: "mutation",
  summary: "Note a file that stands behind a criterion, by its hash; its content is not kept",
  ledger: "write",
  refuses: BY_NAME,
  cli: {
    command: "criteria",
    place: 85,
    select: "attach",
    prints: "json",
    examples: ["criteria auth --attach 3 --file coverage/report.xml"],
  },
  input: z.object({
    task: taskArgument,
    criterion_id: cli(rowId, { flag: "attach", placeholder: "id" }).describe("id of the criterion"),
    file: cli(filePath, { path: true, placeholder: "file" }).describe("the file; at most 64 MiB"),
  }),
  output: z.object({ task: taskRefObject, attachments: z.array(attachment).describe("all of the criterion") }),
});
