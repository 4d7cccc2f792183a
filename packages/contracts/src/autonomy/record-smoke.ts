import { z } from "zod";
import { jsonPayload, label, printable, rowId } from "../bounds.ts";
import { role, taskArgument, taskRefObject } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { wakeReceipt } from "./entities.ts";
import { smokeId } from "./smoke.ts";
import { SMOKE_MARKS } from "./words.ts";

/** `app-smoke record` (spec 06 §6.2). */
export const recordSmoke = operation({
  path: "autonomy.recordSmoke",
  kind: "mutation",
  summary: "Record how far the smoke run of a pair has come with a role",
  ledger: "write",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  cli: {
    command: "app-smoke",
    action: "record",
    place: 140,
    prints: "text",
    notes: `sent is recorded by whoever sent the prompt, with the thread; received, accepted and blocked by the role itself. The last of
accepted and blocked counts; skipped changes nothing.`,
    examples: [
      "app-smoke record auth --smoke-id smoke-1 --nonce nonce-1 --role worker --status sent --thread-id thr_1",
      "app-smoke record auth --smoke-id smoke-1 --nonce nonce-1 --role worker --status accepted --from-stdin < answer.json",
    ],
  },
  input: z.object({
    task: taskArgument,
    smoke_id: smokeId,
    nonce: label.describe("the word that the prompt brought along"),
    role: role.describe("whose thread it is"),
    status: z.enum(SMOKE_MARKS).describe("how far it has come"),
    thread_id: printable(200).optional().describe("thread that was sent to; needed for sent"),
    notification_id: rowId.min(1).optional().describe("the item that brought it"),
    correlation_id: label.optional().describe("label to keep with it"),
    payload: cli(content(jsonPayload, "whole"), { from_stdin: true })
      .optional()
      .describe("read what is to be kept with it, one JSON object, from standard input; `summary` says what blocks"),
  }),
  output: z.object({
    task: taskRefObject,
    smoke: z.object({ id: z.string(), nonce: z.string().describe("as it was given") }),
    receipt: wakeReceipt("app_smoke_receipt_recorded"),
  }),
});
