import type { CriterionProof, ProofReport } from "@conveyor/contracts";
import { PROOF_STATES, type ProofPolicy, type ProofState } from "@conveyor/contracts/checks/words";
import type { ReceiptKey, Tree } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine, type Program } from "../shared/command-line.ts";
import { parsed } from "../shared/parsed.ts";
import { type CheckRow, type CheckRunRow, checkOf } from "./check.ts";
import { definitionText, isSignedRun, runKeys } from "./run-signature.ts";
import {
  type CheckFacts,
  isHeldTo,
  notProven,
  type Proven,
  type ProvenCriterion,
  proofStateOf,
  UNSIGNED,
} from "./state.ts";
import { guardsHash, reviewHash, subjectOf } from "./subject.ts";

/** What the ledger says of the checks of one criterion. */
export interface StoredCriterion {
  id: number;
  criterion: string;
  status: string;
  is_waived: boolean;
  is_claimed: boolean;
  /** Runs that this account has not signed have the state `unsigned`, whatever the ledger says. */
  checks: (CheckRow & { runs: CheckRunRow[] })[];
  newest_review: { guards_hash: string; verdict: string } | null;
}

/** What the ledger says of a task's checks. */
export interface StoredProof {
  policy: string;
  criteria: StoredCriterion[];
}

/** Read what the proof states of a task depend on. Of each check's runs as many as decide. */
export async function readStoredProof({ host }: Pick<Ctx, "host">, tx: ReadTx, task_id: string): Promise<StoredProof> {
  const config = await tx.db.manager_configs.findUnique({ where: { task_id }, select: { proof_policy: true } });
  const rows = await tx.db.acceptance_criteria.findMany({
    where: { task_id },
    orderBy: { id: "asc" },
    include: {
      checks: { where: { removed_at: null }, orderBy: { id: "asc" } },
      waivers: { orderBy: { seq: "desc" }, take: 1 },
      guard_reviews: { orderBy: { seq: "desc" }, take: 1 },
    },
  });
  const criteria: StoredCriterion[] = [];
  const keys = rows.some(({ checks }) => checks.length > 0) ? runKeys(host.env) : [];
  for (const { checks, waivers, guard_reviews, ...row } of rows) {
    const withRuns: StoredCriterion["checks"] = [];
    for (const check of checks) withRuns.push({ ...check, runs: await decidingRuns(tx, check.id, keys) });
    criteria.push({
      id: row.id,
      criterion: row.criterion,
      status: row.status,
      is_waived: waivers[0] !== undefined && waivers[0].revoked_at === null,
      is_claimed:
        (row.proof ?? "").trim() !== "" || Object.keys((parsed(row.evidence_json) as object) ?? {}).length > 0,
      checks: withRuns,
      newest_review: guard_reviews[0] ?? null,
    });
  }
  return { policy: config?.proof_policy ?? "auto", criteria };
}

/** The newest run that was not cancelled, and the newest that passed. */
async function decidingRuns(tx: ReadTx, check_id: number, keys: readonly ReceiptKey[]): Promise<CheckRunRow[]> {
  const asSigned = (row: CheckRunRow) =>
    row.state === "passed" && !isSignedRun(row, keys) ? { ...row, state: UNSIGNED } : row;
  const newest = await tx.db.check_runs.findFirst({
    where: { check_id, state: { not: "cancelled" } },
    orderBy: { seq: "desc" },
  });
  if (newest === null || newest.state === "passed") return newest === null ? [] : [asSigned(newest)];
  const passed = await tx.db.check_runs.findFirst({ where: { check_id, state: "passed" }, orderBy: { seq: "desc" } });
  return passed === null ? [newest] : [newest, asSigned(passed)];
}

/** Whether any check has to know the files as they are now. Pure. */
export function needsTree({ criteria }: StoredProof): boolean {
  return criteria.some(({ checks }) => checks.some(({ accepted_by }) => accepted_by !== null));
}

/** A criterion with its proof state against the files as they are now; null when they are not known. Pure. */
export function criterionStanding(stored: StoredCriterion, tree: Tree | null): ProvenCriterion & Proven {
  const accepted = stored.checks.filter(({ accepted_by }) => accepted_by !== null);
  const facts = accepted.map((check): CheckFacts => {
    const [newest = null] = check.runs;
    const passed = check.runs.find(({ state }) => state === "passed");
    return {
      name: check.name,
      revision: check.revision,
      newest: newest && {
        state: newest.state,
        // A definition that was changed behind our back is no revision at all.
        revision: newest.definition_json === definitionText(check) ? newest.check_revision : null,
        covers_hash: newest.covers_hash,
        isolated: newest.isolated,
      },
      passed_revision: passed?.check_revision ?? null,
      present_hash: tree === null ? null : subjectOf(tree, checkOf(check).covers).covers_hash,
    };
  });
  const { id: criterion_id, status, is_waived, is_claimed } = stored;
  const proven = proofStateOf({ is_waived, is_claimed, guards_changed: guardsChanged(stored, tree), checks: facts });
  return { criterion_id, status, has_checks: accepted.length > 0, ...proven };
}

/** The hashes of what guards each accepted check of a criterion, as they are now. Pure. */
export function presentGuards(stored: Pick<StoredCriterion, "checks">, tree: Tree): string[] {
  const accepted = stored.checks.filter(({ accepted_by }) => accepted_by !== null);
  return accepted.map((check) => {
    const { guards } = checkOf(check);
    return guards.length === 0 ? "" : guardsHash(tree, guards);
  });
}

function guardsChanged(stored: StoredCriterion, tree: Tree | null): boolean | null {
  const accepted = stored.checks.filter(({ accepted_by }) => accepted_by !== null);
  if (accepted.every((check) => checkOf(check).guards.length === 0)) return false;
  if (tree === null) return null;
  const present = presentGuards(stored, tree);
  if (accepted.every(({ guards_hash }, at) => (guards_hash ?? "") === present[at])) return false;
  const { newest_review: review } = stored;
  return !(review?.verdict === "fine" && review.guards_hash === reviewHash(present));
}

/** The report of `proof` and `verify`. Pure but for the words of commands. */
export function proofReportOf(
  program: Program,
  task: { id: string; name: string },
  { policy, criteria }: StoredProof,
  tree: Tree | null,
): ProofReport {
  const standings = criteria.map((stored) => ({ stored, standing: criterionStanding(stored, tree) }));
  const summary = Object.fromEntries(PROOF_STATES.map((state) => [state, 0])) as Record<ProofState, number>;
  for (const { standing } of standings) summary[standing.state] += 1;
  return {
    task,
    policy: policy as ProofPolicy,
    ok:
      notProven(
        "all",
        standings.map(({ standing }) => standing),
      ).length === 0,
    subject: tree === null ? null : subjectOf(tree, []),
    criteria: standings.map(({ stored, standing }) => criterionProof(program, task, stored, standing, tree)),
    summary,
  };
}

function criterionProof(
  program: Program,
  task: { id: string; name: string },
  stored: StoredCriterion,
  { state, reason, isolated }: Proven,
  tree: Tree | null,
): CriterionProof {
  return {
    criterion_id: stored.id,
    criterion: stored.criterion,
    status: stored.status,
    state,
    reason,
    next: isHeldTo(stored.status) ? nextCommand(program, task, stored, state, tree) : null,
    isolated,
    checks: stored.checks.map((row) => {
      const { id, name, kind, covers, revision } = checkOf(row);
      const [newest = null] = row.runs;
      return {
        check_id: id,
        name,
        kind,
        accepted: row.accepted_by !== null,
        revision,
        run_id: newest?.id ?? null,
        run_state: (newest?.state === UNSIGNED
          ? "error"
          : (newest?.state ?? null)) as CriterionProof["checks"][number]["run_state"],
        reason: newest?.reason ?? null,
        on_present_subject:
          newest !== null && tree !== null && newest.covers_hash === subjectOf(tree, covers).covers_hash,
      };
    }),
  };
}

/** States in which an answer can be what is missing. */
const ASKING_STATES: ReadonlySet<ProofState> = new Set(["unproven", "claimed", "stale", "failed"]);

/** The check that a person has to answer, when all that Conveyor can run has passed on the present files. Pure. */
function askedOnly(checks: StoredCriterion["checks"], tree: Tree | null): CheckRow | undefined {
  const open = checks.filter((check) => {
    const [newest] = check.runs;
    if (check.accepted_by === null) return false;
    if (newest?.state !== "passed" || newest.check_revision !== check.revision) return true;
    return tree !== null && newest.covers_hash !== subjectOf(tree, checkOf(check).covers).covers_hash;
  });
  return open.every(({ kind }) => kind === "human") ? open[0] : undefined;
}

/** The command that brings a criterion further; null when it is proven. Pure. */
export function nextCommand(
  program: Program,
  task: { id: string; name: string },
  { id, checks }: Pick<StoredCriterion, "id" | "checks">,
  state: ProofState,
  tree: Tree | null = null,
): string | null {
  const asked = askedOnly(checks, tree);
  if (asked !== undefined && ASKING_STATES.has(state)) {
    return commandLine(program, ["checks answer", String(asked.id)], {
      verdict: { slot: "yes|no" },
      note: { slot: "text" },
    });
  }
  const proposed = checks.find(({ accepted_by }) => accepted_by === null);
  const hasAccepted = checks.some(({ accepted_by }) => accepted_by !== null);
  switch (state) {
    case "verified":
    case "waived":
      return null;
    case "doubtful":
      return commandLine(program, ["checks review", String(id)], {
        verdict: { slot: "fine|reject" },
        note: { slot: "text" },
      });
    case "running":
      return commandLine(program, ["proof", task.name]);
    case "failed": {
      const failing = checks.find(({ runs }) => runs[0] !== undefined && runs[0].state !== "passed");
      if (failing !== undefined) return commandLine(program, ["checks show", String(failing.id)], { output: true });
      return commandLine(program, ["verify", task.name], { criterion: id });
    }
    default:
      if (hasAccepted) return commandLine(program, ["verify", task.name], { criterion: id });
      if (proposed !== undefined) return commandLine(program, ["checks accept", String(proposed.id)]);
      return commandLine(program, ["checks suggest", task.name]);
  }
}
