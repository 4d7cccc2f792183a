import { z } from "zod";
import { oneOrMoreRows, rowCount } from "../bounds.ts";
import { operation } from "../operation.ts";
import { worktree } from "./entities.ts";

/** `worktrees list` (spec 10 §10.6). */
export const list = operation({
  path: "worktrees.list",
  kind: "query",
  summary: "List the working trees that were made for agents, in order of creation",
  ledger: "read",
  cli: {
    command: "worktrees",
    place: 10,
    action: "list",
    prints: "text",
    examples: ["worktrees list", "worktrees list --all"],
  },
  input: z.object({
    all: z.boolean().default(false).describe("also those that were removed or could not be made"),
    limit: oneOrMoreRows.default(1000).describe("at most this many"),
    after: rowCount.default(0).describe("go on after this number"),
  }),
  output: z.array(worktree),
});
