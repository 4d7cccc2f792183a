import { ConveyorError } from "@conveyor/contracts/errors";
import type { Worktree } from "@conveyor/contracts/worktrees/entities";
import type { Prisma, ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** With whom it was made for. */
export const withPeople = {
  session: { select: { id: true, name: true } },
  task: { select: { id: true, name: true } },
} as const;

export type WorktreeRow = Prisma.worktreesGetPayload<{ include: typeof withPeople }>;

/** A working tree as users see it. */
export function worktreeOf(row: WorktreeRow): Worktree {
  const { id, repository, path, branch, base_commit, session, task, reason, created_at, removed_at } = row;
  const bytes = row.bytes === null ? null : Number(row.bytes);
  const state = row.state as Worktree["state"];
  return { id, repository, path, branch, base_commit, state, bytes, session, task, reason, created_at, removed_at };
}

/**
 * The working tree with this number, else the newest that is there with this folder or branch. Throws `not_found`, and
 * `precondition_failed` when another host made it.
 */
export async function findWorktree(ctx: Ctx, tx: ReadTx, reference: string): Promise<WorktreeRow> {
  const number = /^\d{1,9}$/.test(reference) ? Number(reference) : -1;
  const row =
    (await tx.db.worktrees.findUnique({ where: { id: number }, include: withPeople })) ??
    (await tx.db.worktrees.findFirst({
      where: { OR: [{ path: reference }, { branch: reference }] },
      orderBy: [{ removed_at: { sort: "asc", nulls: "first" } }, { seq: "desc" }],
      include: withPeople,
    }));
  if (row === null) {
    throw new ConveyorError("not_found", `there is no working tree ${JSON.stringify(reference)}`, {
      hint: "list what exists with `conveyor worktrees list --all`",
      details: { kind: "worktree", reference },
    });
  }
  if (row.host_id === ctx.host.host_id) return row;
  throw new ConveyorError("precondition_failed", `working tree ${row.id} was made on another host`, {
    hint: "ask there",
    details: { kind: "worktree", id: row.id, host_id: row.host_id },
  });
}
