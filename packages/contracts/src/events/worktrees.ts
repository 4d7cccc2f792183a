import type { EventDeclaration, Zod } from "./declaration.ts";

const ofWorktree = (z: Zod) => ({
  worktree_id: z.int().describe("number of the working tree"),
  path: z.string().describe("its folder"),
  branch: z.string().describe("its branch"),
});

/** Working trees for agents (spec 10 §10.6). */
export const worktreeEvents = {
  worktree_requested: {
    kind: "audit",
    tells: "git is about to be asked for a working tree",
    attributes: (z) => ({ ...ofWorktree(z), base_commit: z.string().describe("where its branch begins") }),
  },
  worktree_made: {
    kind: "both",
    tells: "a working tree was made, or that failed",
    actor: "workerctl",
    severity: ["info", "error"],
    attributes: (z, { success, error_or_null }) => ({
      ...ofWorktree(z),
      success,
      copied_files: z.int().describe("files that .worktreeinclude names and that were copied"),
      error: error_or_null,
    }),
  },
  worktree_removal_requested: {
    kind: "audit",
    tells: "git is about to be asked to remove a working tree",
    attributes: (z) => ({ ...ofWorktree(z), forced: z.boolean().describe("although it holds work of its own") }),
  },
  worktree_removed: {
    kind: "both",
    tells: "a working tree was removed, or that failed; a warning when it was forced",
    actor: "workerctl",
    severity: ["info", "warning", "error"],
    attributes: (z, { success, error_or_null }) => ({
      ...ofWorktree(z),
      success,
      forced: z.boolean().describe("although it held work of its own"),
      branch_kept: z.boolean().describe("whether its branch stays"),
      error: error_or_null,
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
