import { z } from "zod";
import { oneOrMoreRows } from "../bounds.ts";
import { count, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { NOTICE_KINDS, URGENCIES } from "./words.ts";

const deliveryState = z.enum(["pending", "delivered", "failed"]);

/** `notify list` (spec 10 §10.5). */
export const list = operation({
  path: "notifications.list",
  kind: "query",
  summary: "List what people were told, newest first, and how it reached them",
  ledger: "read",
  cli: {
    command: "notify",
    action: "list",
    place: 10,
    prints: "text",
    examples: ["notify list", "notify list --state failed --json"],
  },
  input: z.object({
    state: deliveryState.optional().describe("only what some sink got so, or did not"),
    limit: oneOrMoreRows.max(1000).default(20).describe("at most this many"),
  }),
  output: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(NOTICE_KINDS),
      urgency: z.enum(URGENCIES),
      title: z.string(),
      body: z.string().describe("one line that says what happened, without content"),
      link: z.string().describe("path of the page that shows it"),
      task: z.string().nullable(),
      created_at: timestamp,
      deliveries: z.array(
        z.object({
          sink: z.string(),
          state: deliveryState,
          attempts: count,
          due_at: timestamp.describe("when it is tried next, while it waits"),
          error: z.string().nullable(),
          delivered_at: timestamp.nullable(),
        }),
      ),
    }),
  ),
});
