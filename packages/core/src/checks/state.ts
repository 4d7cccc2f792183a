import type { ProofPolicy, ProofState } from "@conveyor/contracts/checks/words";

/** The newest run of a check that was not cancelled, as far as its verdict goes. */
export interface RunFacts {
  state: string;
  /** Null when what it ran is not what the check says it does. */
  revision: number | null;
  covers_hash: string;
  isolated: boolean;
}

export interface CheckFacts {
  name: string;
  revision: number;
  newest: RunFacts | null;
  /** Revision of its newest run that passed; null when none did. */
  passed_revision: number | null;
  /** Hash of what it covers as it is now; null when that is not known. */
  present_hash: string | null;
}

/** All that the proof state of one criterion depends on. */
export interface CriterionFacts {
  is_waived: boolean;
  /** Somebody has typed in evidence or a proof. */
  is_claimed: boolean;
  /** Guarded files differ from what they were at the acceptance, and nobody has found that fine; null: not known. */
  guards_changed: boolean | null;
  /** Those that were accepted. */
  checks: readonly CheckFacts[];
}

export interface Proven {
  state: ProofState;
  reason: string;
  /** Whether every check that proves it ran on a fresh copy of the commit. */
  isolated: boolean;
}

/** Stands for a pass that this account has not signed. */
export const UNSIGNED = "unsigned";

const ENDED_BADLY: Readonly<Record<string, string>> = {
  failed: "failed",
  timed_out: "took too long",
  error: "could not be run to its end",
  [UNSIGNED]: "has a pass that this account did not sign: it was forged, or made by another account",
};

/**
 * How far a criterion is proven: the first row of spec 09 §9.1 that fits. Nothing but runs that passed, of the present
 * definition, on the present files, makes it `verified`; what is unknown or malformed never does. Pure.
 */
export function proofStateOf({ is_waived, is_claimed, guards_changed, checks }: CriterionFacts): Proven {
  const proven = (state: ProofState, reason: string, isolated = false): Proven => ({ state, reason, isolated });
  if (is_waived === true) return proven("waived", "it was waived");
  if (checks.length === 0) {
    return is_claimed
      ? proven("claimed", "somebody says so; no check tries it")
      : proven("unproven", "no check tries it");
  }
  if (checks.every(({ newest }) => newest === null)) {
    return proven(is_claimed ? "claimed" : "unproven", "its checks have not been run");
  }
  if (guards_changed !== false) {
    return proven(
      "doubtful",
      guards_changed === null
        ? "guarded files cannot be looked at"
        : "guarded files were changed since the check was accepted",
    );
  }
  const redefined = checks.filter(
    ({ passed_revision, revision }) => passed_revision !== null && passed_revision < revision,
  );
  const [changed] = redefined;
  if (changed !== undefined && changed.newest?.revision !== changed.revision) {
    return proven("doubtful", `check ${changed.name} was changed since it passed`);
  }
  for (const { name, newest, present_hash } of checks) {
    const ending = newest === null || newest.covers_hash !== present_hash ? undefined : ENDED_BADLY[newest.state];
    if (ending !== undefined) return proven("failed", `check ${name} ${ending}`);
  }
  const isVerified = (check: CheckFacts) =>
    check.newest !== null &&
    check.newest.state === "passed" &&
    check.newest.revision === check.revision &&
    check.present_hash !== null &&
    check.newest.covers_hash === check.present_hash;
  const open = checks.filter((check) => !isVerified(check));
  if (open.length === 0) {
    return proven(
      "verified",
      "every check passed on the files as they are",
      checks.every(({ newest }) => newest?.isolated === true),
    );
  }
  const running = open.find(({ newest }) => newest?.state === "running");
  if (checks.every(({ passed_revision }) => passed_revision !== null) && running === undefined) {
    if (open.some(({ present_hash }) => present_hash === null)) return proven("stale", "the files cannot be looked at");
    return proven("stale", `files that check ${open[0]?.name} covers were changed since it passed`);
  }
  if (running !== undefined) return proven("running", `check ${running.name} is running`);
  return proven(is_claimed ? "claimed" : "unproven", `check ${open[0]?.name} has not passed yet`);
}

/** Statuses of a criterion that nobody holds the task to; any other one counts, also one that this program does not know. */
const NOT_HELD_TO: ReadonlySet<string> = new Set(["proposed", "deferred", "rejected"]);

/** Whether the task is held to a criterion of this status. Pure. */
export function isHeldTo(status: string): boolean {
  return !NOT_HELD_TO.has(status);
}

export interface ProvenCriterion {
  criterion_id: number;
  status: string;
  state: string;
  isolated: boolean;
  has_checks: boolean;
}

const PROVEN: ReadonlySet<string> = new Set(["verified", "waived"]);

/** What a policy demands of one criterion; a policy that nobody knows demands everything. */
const DEMANDS: Readonly<Record<ProofPolicy, (criterion: ProvenCriterion) => boolean>> = {
  off: () => true,
  auto: ({ has_checks, state }) => !has_checks || PROVEN.has(state),
  all: ({ state }) => PROVEN.has(state),
  isolated: ({ state, isolated }) => state === "waived" || (state === "verified" && isolated === true),
};

/** Those of the criteria that keep a task from being finished under a policy (spec 09 §9.5). Pure; fails closed. */
export function notProven<Criterion extends ProvenCriterion>(
  policy: string,
  criteria: readonly Criterion[],
): Criterion[] {
  const meets = Object.hasOwn(DEMANDS, policy) ? DEMANDS[policy as ProofPolicy] : () => false;
  return criteria.filter((criterion) => isHeldTo(criterion.status) && !meets(criterion));
}
