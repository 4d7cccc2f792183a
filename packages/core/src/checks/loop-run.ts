import type { Check, CheckRun } from "@conveyor/contracts";
import type { CheckAuthor } from "@conveyor/contracts/checks/words";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assertMayJudge, checkAuthorOf } from "./actor.ts";
import { insertCheck } from "./add.ts";
import { checkOf, findCriterion } from "./check.ts";
import { checkSpec } from "./definition.ts";
import { type LoopPlace, runChecks } from "./run-checks.ts";
import { isHeldTo, notProven, type ProvenCriterion } from "./state.ts";
import { assertFolder, subjectFolder } from "./subject.ts";

/** A command that stands behind the evidence of an iteration. */
export interface LoopCommand {
  task: { id: string; name: string };
  /** The criterion that is the receipt of the evidence. */
  criterion_id: number;
  /** Of the check, unique for the criterion: the type of the evidence will do. */
  name: string;
  argv: readonly string[];
  loop: LoopPlace;
  /** Default: the folder of the task's worker. */
  root?: string | undefined;
  timeout_seconds?: number | undefined;
  network?: boolean | undefined;
}

/**
 * Run a command for the evidence of an iteration, as a check of the receipt's criterion (spec 05 §9, 6; 09 §9.5), and answer
 * with what it came to: whoever records the evidence takes its status from the run and from nothing else. A worker
 * has only run what somebody accepted. Throws `permission_denied` for any other command of a worker, `not_found`, `invalid_input`,
 * `conflict` when the criterion has another check of this name or it is being run, `precondition_failed` when nothing says
 * where the files are, and what reading them throws.
 */
export async function runForLoop(
  ctx: Ctx,
  wanted: LoopCommand,
): Promise<{ check: Check; run: CheckRun; author: CheckAuthor }> {
  const { task, criterion_id, name, loop, timeout_seconds, network } = wanted;
  const spec = checkSpec("command", { argv: [...wanted.argv] });
  const { kind: _kind, ...fields } = spec;
  const { row, folder, author } = await ctx.store.write(async (tx) => {
    await findCriterion(tx, criterion_id, task);
    const place = await subjectFolder(tx, task.id, wanted.root);
    assertFolder(place);
    const asked_by = await checkAuthorOf(ctx, tx, task.id);
    const same = await tx.db.checks.findFirst({
      where: { criterion_id, name, removed_at: null, spec_json: canonicalJson(fields) },
    });
    // What a worker types is not run: its agent's sandbox ends where ours begins.
    if (same === null || same.accepted_by === null) assertMayJudge(asked_by, "have a command run that nobody accepted");
    const limits = {
      ...(timeout_seconds !== undefined && { timeout_seconds }),
      ...(network !== undefined && { network }),
    };
    const check = same ?? (await insertCheck(tx, task.id, { criterion_id, name, spec, author: asked_by, ...limits }));
    return { row: check, folder: place, author: asked_by };
  });
  const { runs } = await runChecks(ctx, { task, checks: [row], folder, trigger: "loop", actor: author, loop });
  return { check: checkOf(row), run: runs[0] as CheckRun, author };
}

/** A kind of evidence that only a check can give, as a template names it. */
export interface ProvenEvidence {
  evidence_type: string;
  /** Name of the check. */
  check: string;
}

/** A run of a check for an iteration. */
export interface LoopRunFacts {
  check: string;
  loop_run_id: string | null;
  loop_iteration: number | null;
  state: string;
  covers_hash: string;
  /** Whether a manager or operator accepted the check. */
  accepted: boolean;
}

/**
 * Which evidence lacks its check: there is no run of it for this iteration, it has not passed, or the files are not those of
 * the iteration any more (spec 09 §9.5). Runs in the order in which they began; the newest of a check decides. Pure; what is
 * unknown or malformed lacks.
 */
export function unprovenEvidence(
  required: readonly ProvenEvidence[],
  runs: readonly LoopRunFacts[],
  { run_id, iteration, present_hash }: LoopPlace & { present_hash: string | null },
): string[] {
  return required
    .filter(({ check }) => {
      const newest = runs.findLast(
        (run) => run.check === check && run.loop_run_id === run_id && run.loop_iteration === iteration,
      );
      const isProof =
        newest !== undefined &&
        newest.state === "passed" &&
        newest.accepted === true &&
        typeof present_hash === "string" &&
        newest.covers_hash === present_hash;
      return !isProof;
    })
    .map(({ evidence_type }) => evidence_type);
}

/** What the proof policy of a task says of a loop's finish or merge (spec 09 §9.5): the criteria that refuse it. Pure; fails closed. */
export function loopProofRefusals<Criterion extends ProvenCriterion & { reason: string }>(
  policy: string,
  criteria: readonly Criterion[],
): { criterion_id: number; state: string; reason: string }[] {
  return notProven(policy, criteria)
    .filter(({ status }) => isHeldTo(status))
    .map(({ criterion_id, state, reason }) => ({ criterion_id, state, reason }));
}
