import type { Criterion, CriterionSource, RecordedReceipt } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, type lookups, loopRows, type WriteTx } from "@conveyor/store";
import { isIndependent, readStatus } from "../shared/proof-words.ts";
import type { Artifact } from "./artifact.ts";
import { settleConflicts } from "./conflicts.ts";
import { isEvidenceType } from "./evidence-type.ts";
import { findLoopRun } from "./find-loop-run.ts";
import { type LoopPolicy, loopPolicyOf, metadataOf } from "./policy.ts";
import { putReceipt } from "./put-receipt.ts";
import { assertAdversarial, checkRequirements } from "./requirements.ts";

/** What somebody says of an iteration. */
export interface ReceiptWish {
  loop_run: string;
  /** Default: the one that the loop stands at, at least 1. */
  iteration?: number | undefined;
  evidence_type: string;
  source: CriterionSource;
  status: string;
  metadata: Readonly<Record<string, unknown>>;
  proof?: string | undefined;
  /** What is put for a proof where none is given and none was before. */
  usual_proof?: ((receipt: { evidence_type: string; iteration: number; run_name: string }) => string) | undefined;
  correlation_id?: string | undefined;
  artifact_path?: string | undefined;
  /** What was found at that path; undefined: nothing that can be read. */
  artifact?: Artifact | undefined;
  strict?: boolean | undefined;
  /** What a check run of Conveyor's own found; nobody else can put it into evidence. */
  check_run?: object | undefined;
  /** Hash of the work as it was then, where Conveyor has looked itself. */
  tree?: string | undefined;
}

/** Types that Conveyor writes itself, because they say what it decided. */
const OWN_TYPES: ReadonlySet<string> = new Set(["conflict_blocked"]);
/** Keys of evidence that say what Conveyor has seen itself, and what claims may not say. */
const OWN_KEYS = ["artifact", "check_run"] as const;

/**
 * Record evidence for an iteration of a task's loop, in this transaction: a new receipt, or in place of the one of the same
 * loop, iteration and type (spec 05 §1.2, §5.6). What a worker says and what others say of the same are two receipts: neither
 * takes the other's place, and the newer one counts. Throws what `findLoopRun` throws, and `invalid_input`.
 */
export async function recordReceipt(tx: WriteTx, task: lookups.TaskRow, wish: ReceiptWish): Promise<RecordedReceipt> {
  const evidence_type = typeOf(wish);
  const { run, policy } = findLoopRun(tx, task, wish.loop_run);
  const iteration = iterationOf(policy, wish);
  const claimed = withoutOwnKeys(wish.metadata);
  if (evidence_type === "adversarial_check") assertAdversarial(claimed);
  if (evidence_type === "conflict_attempt") assertAttempt(claimed);
  const evidence = {
    ...claimed,
    evidence_type,
    iteration,
    ralph_loop_run_id: run.id,
    status: wish.status,
    artifact_path: wish.artifact_path ?? claimed["artifact_path"],
    artifact: wish.artifact,
    check_run: wish.check_run,
    diff_sha256: wish.tree ?? claimed["diff_sha256"],
    correlation_id: wish.correlation_id ?? claimed["correlation_id"],
  };
  const read = readStatus(wish.status);
  const requirements = checkRequirements(policy.artifact_requirements, evidence_type, evidence);
  const warnings = warningsOf(wish, policy, { iteration, recognised: read.recognised, requirements });
  const { criterion, created } = await putReceipt(tx, task, {
    identity: { run_id: run.id, iteration, evidence_type },
    status: rowStatus(evidence_type, wish.source, read.passed, claimed),
    source: wish.source,
    proof: wish.proof,
    usual_proof: wish.usual_proof?.({ evidence_type, iteration, run_name: run.name }) ?? null,
    evidence: JSON.parse(JSON.stringify(evidence)) as Record<string, unknown>,
  });
  if (evidence_type === "conflict_attempt" || evidence_type === "mergeability_clean") {
    await settleConflicts(tx, task, run, iteration);
  }
  return { criterion, evidence: criterion.evidence, run: receiptRunOf(tx, run.id), created, requirements, warnings };
}

function typeOf({ evidence_type }: ReceiptWish): string {
  const type = evidence_type.trim();
  if (!isEvidenceType(type)) {
    throw invalid("evidence_type", `an evidence type is a word in plain ASCII, which ${JSON.stringify(type)} is not`);
  }
  if (OWN_TYPES.has(type)) throw invalid("evidence_type", `${type} is written by Conveyor alone`);
  return type;
}

/** The iteration that evidence is for. Throws `invalid_input` for one beyond the maximum. */
export function iterationOf(policy: LoopPolicy, wish: Pick<ReceiptWish, "iteration">): number {
  const iteration = wish.iteration ?? Math.max(1, policy.current_iteration);
  if (iteration <= policy.max_iterations) return iteration;
  throw invalid("iteration", `the loop has at most ${policy.max_iterations} iterations, so there is no ${iteration}`);
}

function withoutOwnKeys(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !(OWN_KEYS as readonly string[]).includes(key)));
}

/** Throws `invalid_input` when an attempt at a conflict does not say what came of it. */
function assertAttempt({ outcome, files }: Readonly<Record<string, unknown>>): void {
  if (outcome !== "resolved" && outcome !== "unresolved") {
    throw invalid(
      "metadata.outcome",
      "a conflict_attempt says in its metadata whether its outcome is resolved or unresolved",
    );
  }
  if (files !== undefined && !(Array.isArray(files) && files.every((file) => typeof file === "string"))) {
    throw invalid("metadata.files", "the files of a conflict_attempt are a list of names");
  }
}

/** A worker's own decision to merge stays a proposal, whatever it says (spec 05 §5.6). */
function rowStatus(
  evidence_type: string,
  source: CriterionSource,
  passed: boolean,
  { outcome }: Readonly<Record<string, unknown>>,
): Criterion["status"] {
  if (evidence_type === "conflict_attempt") return passed && outcome === "resolved" ? "satisfied" : "rejected";
  if (!passed) return "rejected";
  return evidence_type === "manager_merge_decision" && !isIndependent(source) ? "proposed" : "satisfied";
}

function warningsOf(
  wish: ReceiptWish,
  policy: LoopPolicy,
  found: { iteration: number; recognised: boolean; requirements: RecordedReceipt["requirements"] },
): string[] {
  const unmet = found.requirements.missing;
  if (wish.strict && !found.recognised) {
    throw invalid("status", `${JSON.stringify(wish.status)} is no known word for how a check came out`);
  }
  if (wish.strict && unmet.length > 0) {
    throw invalid("metadata", `the loop requires of this evidence also ${unmet.join(", ")}`);
  }
  const doubts: [name: string, holds: boolean][] = [
    ["iteration_not_started", found.iteration > Math.max(1, policy.current_iteration)],
    ["artifact_missing", wish.artifact_path !== undefined && wish.artifact === undefined],
    ["requirements_unmet", unmet.length > 0],
    ["unrecognised_status", !found.recognised],
  ];
  return doubts.flatMap(([name, holds]) => (holds ? [name] : []));
}

/** A loop as receipts tell of it. */
export function receiptRunOf(tx: FastTx, run_id: string): RecordedReceipt["run"] {
  const run = loopRows.runById(tx, run_id) as loopRows.RunRow;
  const policy = loopPolicyOf(run) as LoopPolicy;
  return {
    id: run.id,
    name: run.name,
    task_id: run.task_id,
    preset: policy.preset,
    current_iteration: policy.current_iteration,
    max_iterations: policy.max_iterations,
    required_before_continue: policy.required_before_continue,
    stop_conditions: policy.stop_conditions,
    cleanup_policy: policy.cleanup_policy,
    seed_prompt_sha256: policy.seed_prompt_sha256,
    metadata: metadataOf(run),
  };
}

function invalid(field: string, message: string): ConveyorError {
  return new ConveyorError("invalid_input", message, { details: { field } });
}
