import { z } from "zod";
import { count } from "../common.ts";
import { operation } from "../operation.ts";

/** `status-line` (spec 10 §10.5): what a terminal's status bar shows. */
export const statusLine = operation({
  path: "notifications.statusLine",
  kind: "query",
  summary: "Print one short line for the status bar of a terminal: agents, who waits, what is unread",
  ledger: "read",
  cli: {
    command: "status-line",
    place: 30,
    prints: "text",
    notes: "In tmux: set -g status-right '#(conveyor --path FILE status-line)'",
    examples: ["status-line"],
  },
  input: z.object({}),
  output: z.object({
    text: z.string(),
    agents: count.describe("live sessions"),
    waiting: count.describe("those of them that wait for somebody or failed"),
    unread: count.describe("unread items of managers"),
  }),
});
