import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import { evidenceProblem } from "../shared/proof-words.ts";
import { criterionOf } from "./criterion.ts";

/** Which criterion is to be satisfied, with what. */
interface Satisfying {
  /** Undefined for one that is only being added. */
  criterion_id?: number | undefined;
  /** Undefined leaves what is stored. */
  evidence?: Record<string, unknown> | undefined;
}

/**
 * Under a strict evidence policy a criterion is satisfied only by evidence that names a command and a status that says it
 * passed, whoever says so; a policy that nobody knows is strict (spec 04 §8, 4). Throws `gate_failed`.
 */
export async function assertEvidence(
  tx: ReadTx,
  task: { id: string },
  { criterion_id, evidence }: Satisfying,
): Promise<void> {
  const config = await tx.db.manager_configs.findUnique({
    where: { task_id: task.id },
    select: { evidence_policy: true },
  });
  if (config === null || config.evidence_policy === "open") return;
  const stored =
    criterion_id === undefined
      ? null
      : await tx.db.acceptance_criteria.findFirst({ where: { id: criterion_id, task_id: task.id } });
  const problem = evidenceProblem(evidence ?? (stored === null ? {} : criterionOf(stored).evidence));
  if (problem === null) return;
  const which = criterion_id === undefined ? "a new criterion" : `criterion #${criterion_id}`;
  throw new ConveyorError("gate_failed", `${which} needs evidence to be satisfied: ${problem}`, {
    hint: 'say what was run and what came of it: --evidence-json \'{"command":"npm test","status":"pass"}\'',
    details: { failure_stage: "evidence_policy", criterion_id: criterion_id ?? null, problem },
  });
}
