import type { FinalAudits, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { Ctx } from "../ctx.ts";
import { checkDecision } from "../decisions/validate-decision.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";
import type { FailureStage } from "./close/failure.ts";
import { evaluateGates, type GateFlags } from "./close/gates.ts";
import { prepareProof, readProofSnapshot } from "./close/proof.ts";
import { remediesOf } from "./close/remedies.ts";
import { readGateSnapshot } from "./close/snapshot.ts";

type Flags = Pick<Input<"tasks.finish">, keyof GateFlags>;

/** The gates in the order in which they speak, and whether each is demanded. */
const DEMANDED: readonly [stage: FailureStage, isDemanded: (flags: Flags, audits: FinalAudits) => boolean][] = [
  ["final_adversarial_audit", (flags) => flags.require_adversarial_proof],
  ["manager_decision", (flags) => flags.strict_decisions],
  ["final_criteria_audit", (flags) => flags.require_criteria_audit],
  ["final_ack_audit", (_flags, audits) => audits.final_ack_audit.require_acks],
  ["final_epilogue_audit", (flags) => flags.require_epilogue],
  ["final_proof_audit", (_flags, { final_proof_audit: { proof_policy } }) => proof_policy !== "off"],
];

/**
 * What a finish with these flags would say, gate by gate, with the same decision as the finish itself; writes nothing and
 * runs no check (spec 04 §8). Throws `not_found` and `terminal_state`.
 */
export async function checkFinish(ctx: Ctx, input: Input<"tasks.checkFinish">): Promise<Output<"tasks.checkFinish">> {
  const proof = await prepareProof(ctx, input.task, true);
  return ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    if (!(OPEN_TASK_STATES as readonly string[]).includes(task.state)) {
      throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is already ${task.state}`, {
        details: { kind: "task", state: task.state },
      });
    }
    const decision_id = input.decision_id ?? null;
    const decision = await checkDecision(tx, { task_id: task.id, decision_id, allowed: ["stop"] });
    const binding = await liveBindingOf(tx, task.id);
    const proven = await readProofSnapshot(ctx, tx, task, proof);
    const snapshot = await readGateSnapshot(tx, task.id, binding?.id ?? null, decision, proven);
    const { audits, failures: refusing } = evaluateGates(snapshot, input);
    // What is not demanded is looked at too; what checks prove is judged under the policy that is in force.
    const { failures: all } = evaluateGates(snapshot, {
      require_adversarial_proof: true,
      strict_decisions: true,
      require_criteria_audit: true,
      require_acks: true,
      require_epilogue: true,
      require_proof: input.require_proof,
    });
    const gates = DEMANDED.map(([stage, isDemanded]) => {
      const failure = all.find((one) => one.stage === stage);
      const fix = failure === undefined ? [] : remediesOf(ctx.settings, stage, { task: task.name, audits });
      const ok = failure === undefined;
      return { stage, required: isDemanded(input, audits), ok, reason: failure?.message ?? null, fix };
    });
    return { task: { id: task.id, name: task.name }, ready: refusing.length === 0, gates, ...audits };
  });
}
