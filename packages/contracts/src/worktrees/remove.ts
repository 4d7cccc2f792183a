import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { worktree, worktreeArgument, worktreeStanding } from "./entities.ts";

/** `worktrees remove` (spec 10 §10.6). */
export const remove = operation({
  path: "worktrees.remove",
  kind: "mutation",
  summary: "Remove a working tree that was made here, unless it holds work that stands nowhere else",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "gate_failed", "conflict"],
  cli: {
    command: "worktrees",
    place: 40,
    action: "remove",
    prints: "json",
    notes:
      "A branch with commits stays; one without any goes with its working tree. What Conveyor did not make is never touched.",
    examples: ["worktrees remove 1", 'worktrees remove 1 --force --reason "the experiment failed"'],
  },
  input: z.object({
    worktree: worktreeArgument,
    force: z.boolean().default(false).describe("remove it with uncommitted or unpushed work; needs --reason"),
    reason: nonBlank.optional().describe("why, for the record"),
  }),
  output: z.object({
    worktree,
    standing: worktreeStanding.describe("as it was right before"),
    branch_kept: z.boolean().describe("whether the branch stays, because it has commits of its own"),
  }),
});
