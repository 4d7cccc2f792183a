import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { lookups } from "@conveyor/store";
import { criterionStanding, readStoredProof } from "../checks/standing.ts";
import { isHeldTo } from "../checks/state.ts";
import { presentTree, subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";

/** How far a task is proven, as a report of its worker's turn says it (spec 09 §9.5). */
export interface ProofCounts {
  verified: number;
  stale: number;
  failed: number;
  claimed: number;
}

/** A report must not wait for files that take longer to look at, in milliseconds. */
const LONGEST_MS = 3_000;

/**
 * The proof of a task by the files as they are now, counted; null where it has no check that ever passed or failed, or where
 * the files cannot be looked at in time. Runs nothing; costs one look at the ledger where there are no checks.
 */
export async function proofCountsOf(ctx: Ctx, task_id: string): Promise<ProofCounts | null> {
  if (!(await ctx.store.peek((tx) => lookups.hasAcceptedChecks(tx, task_id, OPEN_TASK_STATES)))) return null;
  try {
    const { stored, folder } = await ctx.store.read(async (tx) => ({
      stored: await readStoredProof(ctx, tx, task_id),
      folder: await subjectFolder(tx, task_id),
    }));
    if (folder === null) return null;
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(LONGEST_MS)]);
    const tree = await presentTree({ ...ctx, signal }, folder, true);
    const states = stored.criteria
      .filter(({ status }) => isHeldTo(status))
      .map((criterion) => criterionStanding(criterion, tree).state);
    const count = (...wanted: readonly string[]) => states.filter((state) => wanted.includes(state)).length;
    return {
      verified: count("verified"),
      stale: count("stale", "doubtful"),
      failed: count("failed"),
      claimed: count("claimed", "unproven"),
    };
  } catch {
    return null;
  }
}
