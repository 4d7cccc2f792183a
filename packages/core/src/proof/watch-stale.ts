import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { Tree } from "@conveyor/host";
import { lookups } from "@conveyor/store";
import { settledTrees } from "../checks/settled-trees.ts";
import { criterionStanding, readStoredProof } from "../checks/standing.ts";
import { subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";

/** Tasks whose files are watched at once. */
const MOST_TASKS = 50;
/** How long nothing may happen before the files are looked at: an edit is told of within a second (spec 09 §9.5). */
const SETTLE_MS = 250;
/** How often the tasks themselves are looked for again although nothing was written, in milliseconds. */
const LOOK_MS = 60_000;
/** Commits in a row cause one look. */
const CALM_MS = 500;

/** Watching in the background of a server. */
export interface ProofWatch {
  /** Resolves when each task that is watched now has been looked at once; for tests. */
  looked(): Promise<void>;
  stop(): Promise<void>;
}

interface Watched {
  leave: AbortController;
  looked: Promise<void>;
  done: Promise<void>;
  /** When it ended by itself; absent while it goes on. */
  ended_ms?: number;
}

/**
 * Tell `proof_became_stale` when files are edited that a verified criterion of an open task covers, within a second, once for
 * each pass (spec 09 §9.5). Runs nothing. Ends with `stop` or when the caller goes away.
 */
export function startProofWatch(ctx: Ctx, { settle_ms = SETTLE_MS } = {}): ProofWatch {
  const leave = new AbortController();
  const signal = AbortSignal.any([ctx.signal, leave.signal]);
  const watched = new Map<string, Watched>();
  const look = async () => {
    const wanted = new Set(
      await ctx.store.peek((tx) => lookups.tasksWithPassedChecks(tx, OPEN_TASK_STATES, MOST_TASKS)),
    );
    for (const [task_id, one] of watched) {
      if (wanted.has(task_id) && !isWorthAnother(one, ctx.host.clock.monotonic_ms())) continue;
      one.leave.abort();
      watched.delete(task_id);
    }
    for (const task_id of wanted) {
      if (!watched.has(task_id)) watched.set(task_id, watchTask(ctx, task_id, { signal, settle_ms }));
    }
  };
  let isFirst: () => void = () => {};
  const first = new Promise<void>((resolve) => (isFirst = resolve));
  const loop = async () => {
    while (!signal.aborted) {
      const since = ctx.store.changes.version;
      // A ledger that cannot be read now is looked at again; the server notices for itself when it is gone.
      await look().catch(() => {});
      isFirst();
      if ((await ctx.store.changes.wait(since, { timeout_ms: LOOK_MS, signal })) === "aborted") return;
      await ctx.host.clock.sleep(CALM_MS, signal).catch(() => {});
    }
  };
  const done = loop();
  return {
    looked: async () => {
      await first;
      await look();
      await Promise.all([...watched.values()].map((one) => one.looked));
    },
    stop: async () => {
      leave.abort();
      await Promise.all([done, ...[...watched.values()].map((one) => one.done)]);
    },
  };
}

function watchTask(
  ctx: Ctx,
  task_id: string,
  { signal, settle_ms }: { signal: AbortSignal; settle_ms: number },
): Watched {
  const leave = new AbortController();
  const own: Ctx = { ...ctx, signal: AbortSignal.any([signal, leave.signal]) };
  let isLooked: () => void = () => {};
  const looked = new Promise<void>((resolve) => (isLooked = resolve));
  const work = async () => {
    const folder = await ctx.store.read((tx) => subjectFolder(tx, task_id));
    if (folder === null) return;
    for await (const tree of settledTrees(own, folder, { settle_ms })) {
      await tellStale(own, task_id, tree);
      isLooked();
    }
  };
  // A folder that is gone or cannot be read has nothing to tell now; after a while it is looked for again.
  const watched: Watched = { leave, looked, done: Promise.resolve() };
  watched.done = work()
    .catch(() => {})
    .finally(() => {
      watched.ended_ms = ctx.host.clock.monotonic_ms();
      isLooked();
    });
  return watched;
}

/** Whether watching that ended by itself has ended so long ago that it is tried again. Pure. */
function isWorthAnother({ ended_ms }: Watched, now_ms: number): boolean {
  return ended_ms !== undefined && now_ms - ended_ms >= LOOK_MS;
}

/** Tell of each criterion whose newest pass is of other files than these, unless that was told. */
async function tellStale(ctx: Ctx, task_id: string, tree: Tree): Promise<void> {
  const stale = await ctx.store.read(async (tx) => {
    const { criteria } = await readStoredProof(ctx, tx, task_id);
    return criteria
      .filter((criterion) => criterionStanding(criterion, tree).state === "stale")
      .map(({ id, checks }) => ({ id, run_id: Math.max(0, ...checks.map(({ runs }) => runs[0]?.id ?? 0)) }));
  });
  if (stale.length === 0) return;
  await ctx.store.write(async (tx) => {
    for (const { id, run_id } of stale) {
      const { count } = await tx.db.acceptance_criteria.updateMany({
        where: { id, OR: [{ stale_told_run_id: null }, { stale_told_run_id: { lt: run_id } }] },
        data: { stale_told_run_id: run_id },
      });
      if (count === 0) continue;
      tx.tell("proof_became_stale", {
        task_id,
        summary: `criterion #${id} was verified, and files that it covers were changed`,
        correlation: { criterion_id: id, check_run_id: run_id },
        attributes: { criterion_id: id, check_run_id: run_id, tree: tree.tree },
      });
    }
  });
}
