import type { ContractAck, Input, Output, Role } from "@conveyor/contracts";
import { canonicalJson, decodeRow, type Prisma, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";
import { type ContractInForce, staleReasons } from "./ack-currency.ts";

/** Keys that an acknowledgement of each role usually has (spec 04 §4.7). */
const USUAL_KEYS: Readonly<Record<Role, readonly string[]>> = {
  worker: ["goal_restatement", "proposed_criteria", "expected_tools", "open_questions", "ready_to_start"],
  manager: ["task", "manager_session", "supervision_contract", "will_not_edit_project_files"],
};

/** The worker's newest acknowledgement, or null. Throws `not_found`. */
export const workerAck = readAck("worker");
/** The manager's newest acknowledgement, or null. Throws `not_found`. */
export const managerAck = readAck("manager");
/** Record one of the worker; every call makes a new revision. Throws `not_found`. */
export const recordWorkerAck = writeAck("worker");
/** Record one of the manager; every call makes a new revision. Throws `not_found`. */
export const recordManagerAck = writeAck("manager");

function readAck(role: Role) {
  return async (ctx: Ctx, { task }: Input<"contract.workerAck">): Promise<Output<"contract.workerAck">> =>
    ctx.store.read(async (tx) => {
      const { id } = resolveTask(tx, task);
      const row = await latestAck(tx, id, role);
      return row && ackOf(row, await contractInForce(tx, id));
    });
}

function writeAck(role: Role) {
  return async (ctx: Ctx, input: Input<"contract.recordWorkerAck">): Promise<Output<"contract.recordWorkerAck">> =>
    ctx.store.write(async (tx) => {
      const { id: task_id, name } = resolveTask(tx, input.task);
      const now = await contractInForce(tx, task_id);
      const before = await latestAck(tx, task_id, role);
      const row = await tx.db.task_acknowledgements.create({
        data: {
          seq: tx.seq(),
          task_id,
          binding_id: now.binding_id,
          role,
          payload_json: canonicalJson(input.payload),
          revision: (before?.revision ?? 0) + 1,
          manager_config_revision: now.config_revision,
          created_at: tx.now,
          correlation_id: input.correlation_id ?? null,
        },
      });
      const payload_keys = Object.keys(input.payload).sort();
      const told = {
        task_id,
        summary: `${role} of ${name} acknowledged the contract, revision ${row.revision}`,
        correlation: { ack_id: row.id, binding_id: now.binding_id, correlation_id: row.correlation_id },
        correlation_id: row.correlation_id,
        attributes: { payload_keys, role },
        payload: { ack_id: row.id, binding_id: now.binding_id, payload_keys, role },
      };
      if (role === "worker") tx.tell("worker_ack_recorded", told);
      else tx.tell("manager_ack_recorded", told);
      // What the operator was asked for want of it has answered itself.
      await tx.db.operator_items.updateMany({
        where: { task_id, kind: "stale_ack", subject: role, state: "open" },
        data: { state: "withdrawn", decided_at: tx.now },
      });
      return ackOf(row, now);
    });
}

/** The newest acknowledgement of a role; a later revision always has the later place. */
async function latestAck(tx: ReadTx, task_id: string, role: Role) {
  return tx.db.task_acknowledgements.findFirst({ where: { task_id, role }, orderBy: { seq: "desc" } });
}

/** The binding and the config that an acknowledgement would be about now. */
async function contractInForce(tx: ReadTx, task_id: string): Promise<ContractInForce> {
  const binding = await liveBindingOf(tx, task_id);
  const config = await tx.db.manager_configs.findUnique({ where: { task_id }, select: { revision: true } });
  return { binding_id: binding?.id ?? null, config_revision: config?.revision ?? null };
}

function ackOf(row: Prisma.task_acknowledgementsGetPayload<object>, now: ContractInForce): ContractAck {
  const { seq: _seq, ...ack } = decodeRow(row);
  const stale_reasons = staleReasons(row, now);
  const { role, payload } = ack as unknown as Pick<ContractAck, "payload" | "role">;
  const missing = USUAL_KEYS[role].filter((key) => !Object.hasOwn(payload, key));
  return { ...ack, current: stale_reasons.length === 0, stale_reasons, payload_warnings: missing } as ContractAck;
}
