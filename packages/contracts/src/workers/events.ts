import { z } from "zod";
import { label, rowCount } from "../bounds.ts";
import { jsonObject, warnings } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { workerArgument } from "./entities.ts";

const eventFilter = {
  name: workerArgument,
  type: label.optional().describe("only lines of this type"),
  include_content: z.boolean().default(false).describe("show the text of messages; meant for redirected output"),
};

/** `events NAME` (spec 01 §7.4, 07 §7.10.4). */
export const events = operation({
  path: "workers.events",
  kind: "query",
  summary: "Print the event file of a worker as JSON lines, oldest first",
  ledger: "none",
  refuses: BY_NAME,
  cli: { command: "events", place: 110, prints: "json", examples: ["events docs --type nudge --limit 20"] },
  input: z.object({ ...eventFilter, limit: rowCount.optional().describe("only the last n lines") }),
  output: z.object({
    name: z.string(),
    events: z.array(content(jsonObject, "record")),
    skipped_lines: z.int().describe("lines that are not JSON objects"),
    warnings,
  }),
});

/** `events NAME --follow` (spec 07 §7.10.4). */
export const followEvents = operation({
  path: "workers.followEvents",
  kind: "subscription",
  summary: "Print the event file of a worker and go on with what is added to it",
  ledger: "none",
  refuses: BY_NAME,
  cli: { command: "events", place: 120, select: "follow", prints: "lines", examples: ["events docs --follow"] },
  input: z.object(eventFilter),
  output: content(jsonObject, "record"),
});
