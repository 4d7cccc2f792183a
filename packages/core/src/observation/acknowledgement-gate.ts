import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";

/**
 * Refuse to go on while the contract demands acknowledgements and a role has none for this binding and this revision of
 * the contract (spec 02 §8.3, ack gate). Throws `gate_failed`.
 */
export async function assertAcknowledged(
  tx: ReadTx,
  task: { id: string; name: string },
  binding_id: string,
): Promise<void> {
  const config = await tx.db.manager_configs.findUnique({
    where: { task_id: task.id },
    select: { require_acks: true, revision: true },
  });
  if (config?.require_acks !== true) return;
  const missing: string[] = [];
  for (const role of ["worker", "manager"]) {
    const ack = await tx.db.task_acknowledgements.findFirst({
      where: { task_id: task.id, role },
      orderBy: { revision: "desc" },
    });
    if (ack?.binding_id !== binding_id || ack.manager_config_revision !== config.revision) missing.push(role);
  }
  if (missing.length === 0) return;
  throw new ConveyorError(
    "gate_failed",
    `the contract of ${JSON.stringify(task.name)} (revision ${config.revision}) was not acknowledged by: ${missing.join(", ")}`,
    {
      hint: "this version cannot record one, so a contract that demands them cannot be observed: bind a task whose manager config does not, which is one paired without --manager-require-acks",
      details: { failure_stage: "acknowledgements", missing, revision: config.revision },
    },
  );
}
