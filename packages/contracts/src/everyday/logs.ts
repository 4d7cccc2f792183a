import { z } from "zod";
import { oneOrMoreRows } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { thingArgument } from "./entities.ts";

const logFields = {
  ref: thingArgument,
  limit: oneOrMoreRows.default(100).describe("the newest so many entries"),
  include_content: z.boolean().default(false).describe("show message bodies instead of redacting them"),
};

/** One thing that happened to a session or a task. */
const logEntry = z.object({
  seq: z.int().describe("place in the ledger's one order"),
  at: timestamp,
  kind: z.enum(["message", "turn", "command", "receipt", "event"]),
  session: z.string().nullable(),
  what: z.string(),
  id: z.string().describe("id of the message, command or event that it is about"),
  message: content(z.string().nullable().optional(), "message").describe("its words, when they were asked for"),
  message_redacted: z.literal(true).optional(),
  message_byte_count: z.int().optional(),
  message_line_count: z.int().optional(),
});

/** `logs REF` (spec 10.3). */
export const logs = operation({
  path: "everyday.logs",
  kind: "query",
  summary: "Show the timeline of a session or a task: messages, turns, commands, receipts",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "logs", place: 70, prints: "lines", examples: ["logs auth-worker", "logs auth --limit 20"] },
  input: z.object(logFields),
  output: z.array(logEntry).describe("in the order in which it was recorded"),
});

/** `logs REF --follow`. */
export const onLog = operation({
  path: "everyday.onLog",
  kind: "subscription",
  summary: "Follow the timeline of a session or a task",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "logs", place: 75, select: "follow", prints: "lines", examples: ["logs auth -f"] },
  input: z.object(logFields),
  output: logEntry,
});
