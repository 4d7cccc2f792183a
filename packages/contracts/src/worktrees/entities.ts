import { z } from "zod";
import { printable, reference } from "../bounds.ts";
import { count, timestamp } from "../common.ts";
import { cli } from "../operation.ts";

/** How a working tree stands on record; `making` that stays is one whose making was cut off. */
export const WORKTREE_STATES = ["making", "ready", "failed", "removed"] as const;

export const worktreeArgument = cli(reference, { position: 0, placeholder: "worktree" }).describe(
  "number, folder or branch of the working tree",
);

/** Flags with which a start makes a working tree for its agent. */
export const worktreeFields = {
  worktree: z
    .boolean()
    .optional()
    .describe("make a working tree of its own for the agent, on a new branch of the repository that the folder is in"),
  branch: printable(200)
    .optional()
    .describe("with --worktree: name of the new branch; default: conveyor/ and the name"),
};

export const worktree = z.object({
  id: z.int(),
  repository: z.string().describe("the main working tree"),
  path: z.string(),
  branch: z.string(),
  base_commit: z.string().describe("where the branch began"),
  state: z.enum(WORKTREE_STATES),
  bytes: z.int().nullable().describe("size of the files that were checked out"),
  session: z.object({ id: z.string(), name: z.string() }).nullable().describe("the agent that it was made for"),
  task: z.object({ id: z.string(), name: z.string() }).nullable(),
  reason: z.string().nullable().describe("why it failed, or was removed by force"),
  created_at: timestamp,
  removed_at: timestamp.nullable(),
});
export type Worktree = z.infer<typeof worktree>;

/** What a working tree holds that stands nowhere else. */
export const worktreeStanding = z.object({
  on_disk: z.boolean().describe("whether git knows it at its place"),
  changed_files: count.describe("files that differ from the last commit, new ones included"),
  unpushed_commits: count.describe("commits since the base that no remote has"),
  used_by: z.array(z.string()).describe("names of active sessions that work in it"),
});
export type WorktreeStanding = z.infer<typeof worktreeStanding>;
