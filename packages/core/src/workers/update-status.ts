import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { liveBindingOfSession } from "../shared/references.ts";
import { filesOf, findWorker, type WorkerSubject } from "./subject.ts";
import { workerRowOf } from "./worker-row.ts";

/**
 * Store what a worker says it is doing, and export it to its folder (spec 02 §8.9). A registered worker session may
 * report, too; its folder is only written where there is one. Throws `not_found`, `precondition_failed` for a manager.
 */
export async function updateStatus(
  ctx: Ctx,
  input: Input<"workers.updateStatus">,
): Promise<Output<"workers.updateStatus">> {
  const subject = await findWorker(ctx, input.name);
  assertWorkerRole(subject);
  const said = {
    state: input.state,
    current_task: input.current_task,
    next_action: input.next_action,
    blocker: input.blocker ?? null,
  };
  const last_update = await ctx.store.write(async (tx) => {
    await insertStatus(ctx, tx, subject, said);
    return tx.now;
  });
  const status = { ...said, last_update };
  const warnings = exportStatus(ctx, subject, status);
  return { ...status, ...(warnings.length > 0 && { warnings }) };
}

export interface SaidStatus {
  state: Input<"workers.updateStatus">["state"];
  current_task: string | null;
  next_action: string | null;
  blocker: string | null;
}

/** One row and one audit event. */
async function insertStatus(ctx: Ctx, tx: WriteTx, subject: WorkerSubject, said: SaidStatus): Promise<void> {
  const whose =
    subject.kind === "folder"
      ? { worker_id: (await workerRowOf(ctx, tx, subject)).id, session_id: null, task_id: null }
      : {
          worker_id: null,
          session_id: subject.session.id,
          task_id: (await liveBindingOfSession(tx, subject.session.id))?.task_id ?? null,
        };
  const { worker_id, session_id, task_id } = whose;
  await tx.db.statuses.create({ data: { ...said, worker_id, session_id, seq: tx.seq(), created_at: tx.now } });
  tx.tell("status_updated", {
    task_id,
    session_id,
    worker_id,
    attributes: { ...said },
    summary: `${subject.name} reports ${said.state}`,
    correlation: { worker: subject.name, worker_id, session_id },
  });
}

/** The report is stored; that its export failed is a warning. */
function exportStatus(ctx: Ctx, subject: WorkerSubject, status: SaidStatus & { last_update: string }): string[] {
  const files = filesOf(ctx, subject);
  if (subject.kind === "session" && !files.is_taken) return [];
  try {
    files.writeJson("status.json", { ...status });
    const { last_update, ...said } = status;
    files.appendEvent({ time: last_update, type: "status_updated", ...said });
    return [];
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return [`the report is stored, but not exported: ${thrown.message}`];
    throw thrown;
  }
}

function assertWorkerRole(subject: WorkerSubject): void {
  if (subject.kind === "folder" || subject.session.role === "worker") return;
  throw new ConveyorError(
    "precondition_failed",
    `session ${JSON.stringify(subject.name)} is a manager; only workers report a status`,
    {
      hint: "list the workers with `conveyor sessions --role worker`",
      details: { kind: "session", name: subject.name, role: subject.session.role, expected_role: "worker" },
    },
  );
}
