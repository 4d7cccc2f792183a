import { z } from "zod";
import { count } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { worktree, worktreeArgument, worktreeStanding } from "./entities.ts";

/** `worktrees show` (spec 10 §10.6). */
export const show = operation({
  path: "worktrees.show",
  kind: "query",
  summary: "Show a working tree, and what it holds that stands nowhere else",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: { command: "worktrees", place: 20, action: "show", prints: "json", examples: ["worktrees show 1"] },
  input: z.object({ worktree: worktreeArgument }),
  output: z.object({ worktree, standing: worktreeStanding }),
});

/** `worktrees diff` (spec 10 §10.6). */
export const diff = operation({
  path: "worktrees.diff",
  kind: "query",
  summary: "Show what was changed in a working tree since its base, committed or not",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "worktrees",
    place: 30,
    action: "diff",
    prints: "text",
    examples: ["worktrees diff 1", "worktrees diff 1 --patch"],
  },
  input: z.object({
    worktree: worktreeArgument,
    include_content: cli(z.boolean(), { flag: "patch" }).default(false).describe("show the changes themselves"),
  }),
  output: z.object({
    worktree,
    files: z
      .array(
        z.object({
          path: z.string(),
          added: count.nullable().describe("lines; null for files that are no text"),
          removed: count.nullable(),
        }),
      )
      .describe("files that git knows, at most 10,000"),
    new_files: z.array(z.string()).describe("files that git does not know yet, at most 10,000"),
    patch: content(z.string().nullable()).describe("the changes of known files, at most 1 MiB, when asked for"),
    truncated: z.boolean().describe("whether something of it was left out"),
  }),
});
