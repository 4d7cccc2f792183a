import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { ReadTx } from "@conveyor/store";
import { staleReasons } from "../contract/ack-currency.ts";

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
    const now = { binding_id, config_revision: config.revision };
    if (ack === null || staleReasons(ack, now).length > 0) missing.push(role);
  }
  if (missing.length === 0) return;
  throw new ConveyorError(
    "gate_failed",
    `the contract of ${JSON.stringify(task.name)} (revision ${config.revision}) was not acknowledged by: ${missing.join(", ")}`,
    {
      hint: `record it: ${missing.map((role) => `\`conveyor ${role}-ack ${shellQuote(task.name)} --from-stdin\``).join(" and ")}`,
      details: { failure_stage: "acknowledgements", missing, revision: config.revision },
    },
  );
}
