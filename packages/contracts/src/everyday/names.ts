import { z } from "zod";
import { cli, operation } from "../operation.ts";

/** What has names that can be typed. */
export const NAMED = ["task", "session", "thing", "recipe", "template", "campaign"] as const;
export type Named = (typeof NAMED)[number];

/** `names KIND`: what a shell completes (spec 10.2). */
export const names = operation({
  path: "everyday.names",
  kind: "query",
  summary: "List the names that a shell can complete, the newest first",
  ledger: "read",
  cli: {
    command: "names",
    place: 110,
    prints: "text",
    examples: ["names task", "names thing --json"],
    notes: "As text only names that a shell takes without quotes. `completions` makes the shell ask for them.",
  },
  input: z.object({
    kind: cli(z.enum(NAMED), { position: 0 }).describe("of what; thing: tasks and sessions"),
  }),
  output: z.array(z.string()),
});
