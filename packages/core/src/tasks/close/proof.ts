import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { changedPaths, type Tree } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import { checkAuthorOf } from "../../checks/actor.ts";
import { runChecks } from "../../checks/run-checks.ts";
import { criterionStanding, needsTree, nextCommand, readStoredProof } from "../../checks/standing.ts";
import { isHeldTo } from "../../checks/state.ts";
import { presentTree, subjectFolder } from "../../checks/subject.ts";
import type { Ctx } from "../../ctx.ts";
import { resolveTask } from "../../shared/references.ts";
import type { ProofSnapshot } from "./proof-gate.ts";

/** The files that a finish is judged by. */
export interface FinishSubject {
  /** Null when no check has to know, or when they cannot be looked at: then nothing is proven by a check. */
  tree: Tree | null;
  /** Whether they were changed after the checks of this finish had run. */
  moved: boolean;
}

/** States in which running the checks can bring a criterion further. */
const WORTH_A_RUN: ReadonlySet<string> = new Set(["stale", "unproven", "claimed"]);

/**
 * Before a finish: run the checks that are stale, unless only judging was asked for, and look at the files once more at the
 * very end (spec 09 §9.5). What cannot be looked at proves nothing and refuses later, together with the other gates. Throws
 * `not_found`, `ambiguous`, and `conflict` when one of the checks is being run by somebody else.
 */
export async function prepareProof(ctx: Ctx, reference: string, only_judge: boolean): Promise<FinishSubject> {
  const { task, stored, folder, actor } = await ctx.store.read(async (tx) => {
    const { id, name, state } = resolveTask(tx, reference);
    return {
      task: { id, name, state },
      stored: await readStoredProof(ctx, tx, id),
      folder: await subjectFolder(tx, id),
      actor: await checkAuthorOf(ctx, tx, id),
    };
  });
  const isOpen = (OPEN_TASK_STATES as readonly string[]).includes(task.state);
  if (!isOpen || !needsTree(stored) || folder === null) return { tree: null, moved: false };
  const before = await presentTree(ctx, folder).catch(() => null);
  if (before === null || only_judge || stored.policy === "off") return { tree: before, moved: false };
  const checks = stored.criteria
    .filter((criterion) => isHeldTo(criterion.status) && WORTH_A_RUN.has(criterionStanding(criterion, before).state))
    .flatMap((criterion) => criterion.checks.filter(({ accepted_by }) => accepted_by !== null));
  if (checks.length === 0) return { tree: before, moved: false };
  const { tree } = await runChecks(ctx, { task, checks, folder, trigger: "finish", actor });
  const after = await presentTree(ctx, folder).catch(() => null);
  return { tree: after, moved: after === null || changedPaths(tree, after).length > 0 };
}

/** What the proof gate looks at, read in the transaction of the finish. */
export async function readProofSnapshot(
  ctx: Pick<Ctx, "host" | "settings">,
  tx: ReadTx,
  task: { id: string; name: string },
  { tree, moved }: FinishSubject,
): Promise<ProofSnapshot> {
  const { policy, criteria } = await readStoredProof(ctx, tx, task.id);
  return {
    policy,
    moved,
    criteria: criteria.map((stored) => {
      const standing = criterionStanding(stored, tree);
      return { ...standing, next: nextCommand(ctx.settings, task, stored, standing.state, tree) };
    }),
  };
}
