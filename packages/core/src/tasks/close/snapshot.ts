import type { DecisionValidation } from "@conveyor/contracts";
import type { ReadTx } from "@conveyor/store";
import { criteriaOf } from "../../criteria/criterion.ts";
import { parsed } from "../../shared/parsed.ts";
import type { GateAck, GateSnapshot } from "./gates.ts";
import type { ProofSnapshot } from "./proof-gate.ts";

/** Read everything that the finish gates look at (spec 01 §6.14). */
export async function readGateSnapshot(
  tx: ReadTx,
  task_id: string,
  binding_id: string | null,
  decision: DecisionValidation,
  proof: ProofSnapshot,
): Promise<GateSnapshot> {
  const config = await tx.db.manager_configs.findUnique({ where: { task_id } });
  const epilogue_runs = await tx.db.epilogue_runs.findMany({ where: { task_id }, orderBy: { seq: "asc" } });
  return {
    criteria: criteriaOf(tx, task_id),
    worker_ack: await latestAck(tx, task_id, "worker"),
    manager_ack: await latestAck(tx, task_id, "manager"),
    binding_id,
    config: config && {
      require_acks: config.require_acks,
      epilogues: stepsOf(config.epilogues_json),
      revision: config.revision,
    },
    epilogue_runs: new Map(epilogue_runs.map(({ step_name, id, state }) => [step_name, { id, state }])),
    decision,
    proof,
  };
}

/** The steps that a config requires; null when what is stored is no list of names, so that nobody takes it for none. */
function stepsOf(epilogues_json: string): string[] | null {
  const steps = parsed(epilogues_json);
  return Array.isArray(steps) && steps.every((step) => typeof step === "string") ? steps : null;
}

async function latestAck(tx: ReadTx, task_id: string, role: string): Promise<GateAck | null> {
  return tx.db.task_acknowledgements.findFirst({ where: { task_id, role }, orderBy: { seq: "desc" } });
}
