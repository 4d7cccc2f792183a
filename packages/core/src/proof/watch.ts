import type { Input, Output } from "@conveyor/contracts";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { Tree } from "@conveyor/host";
import { checkAuthorOf } from "../checks/actor.ts";
import { silentRunOf } from "../checks/check.ts";
import { runChecks } from "../checks/run-checks.ts";
import { settledTrees } from "../checks/settled-trees.ts";
import { criterionStanding, proofReportOf, readStoredProof, type StoredCriterion } from "../checks/standing.ts";
import { isHeldTo } from "../checks/state.ts";
import { assertFolder, presentTree, subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";
import type { LiveItem } from "../shared/live.ts";
import { resolveTask } from "../shared/references.ts";
import { assertNotEnded } from "./verify.ts";

/** What a new look at other files can bring further; what failed on them is not tried again by itself. */
const WORTH_A_RUN: ReadonlySet<string> = new Set(["stale", "unproven", "claimed"]);

/**
 * Keep the criteria of a task verified while somebody works: each time that the files have settled, run what became stale,
 * and tell how far everything is proven (spec 09 §9.4). The id of an item is the state of the files, so that a reader that
 * comes back is told nothing it knows. Ends when the caller goes away or the task is closed. Throws as `verify` does.
 */
export async function* watch(
  ctx: Ctx,
  input: Input<"proof.watch">,
  after?: string,
): AsyncGenerator<LiveItem<Output<"proof.watch">>> {
  const { folder, actor } = await ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    assertNotEnded(task);
    return { folder: await subjectFolder(tx, task.id, input.root), actor: await checkAuthorOf(ctx, tx, task.id) };
  });
  assertFolder(folder);
  let told = after;
  for await (const settled of settledTrees(ctx, folder, { settle_ms: input.settle_seconds * 1_000 })) {
    const before = await standing(ctx, input.task);
    if (!before.is_open) return;
    const checks = toRun(before.stored.criteria, settled);
    const { runs, tree } =
      checks.length === 0
        ? { runs: [], tree: settled }
        : await runChecks(ctx, { task: before.task, checks, folder, trigger: "watch", actor });
    const { task, stored } = runs.length === 0 ? before : await standing(ctx, input.task);
    const present = runs.length === 0 ? tree : await presentTree(ctx, folder);
    if (runs.length === 0 && told === present.tree) continue;
    told = present.tree;
    yield {
      id: present.tree,
      data: { ...proofReportOf(ctx.settings, task, stored, present), runs: runs.map(silentRunOf) },
    };
  }
}

async function standing(ctx: Ctx, reference: string) {
  return ctx.store.read(async (tx) => {
    const { id, name, state } = resolveTask(tx, reference);
    const is_open = (OPEN_TASK_STATES as readonly string[]).includes(state);
    return { task: { id, name }, stored: await readStoredProof(ctx, tx, id), is_open };
  });
}

/** The accepted checks of what these files have made doubtful. Pure. */
function toRun(criteria: readonly StoredCriterion[], tree: Tree) {
  return criteria
    .filter((criterion) => isHeldTo(criterion.status))
    .filter((criterion) => WORTH_A_RUN.has(criterionStanding(criterion, tree).state))
    .flatMap((criterion) => criterion.checks.filter(({ accepted_by }) => accepted_by !== null));
}
