import { dispatchRows, type FastTx } from "@conveyor/store";
import { judgeLoop, LoopRefused } from "../../loops/gates.ts";
import { DeliveryRefused, storedPayload } from "./work.ts";

/** What the gate would say of a queued continuation now; a dry run shows it (spec 05 §5.7). */
export interface GateJudgement {
  would_block: boolean;
  reason: string | null;
  missing_evidence: string[];
}

/** Judge a queued continuation without touching it; what would fail counts as blocked, with the error's code. */
export function previewLoop(tx: FastTx, command: dispatchRows.PlannedCommand): GateJudgement {
  const route = command.task_id === null ? undefined : dispatchRows.routeOfTask(tx, command.task_id);
  const refused = (reason: string): GateJudgement => ({ would_block: true, reason, missing_evidence: [] });
  if (route === undefined || route.binding === null) return refused("no_active_binding");
  try {
    const live = { task: route.task, binding: route.binding };
    const { verdict } = judgeLoop(tx, command.id, live, storedPayload(command), route.binding.worker.id);
    return { would_block: verdict.reason !== null, ...verdict };
  } catch (thrown) {
    if (dispatchRows.isLedgerTrouble(thrown)) throw thrown;
    return refused(thrown instanceof DeliveryRefused || thrown instanceof LoopRefused ? thrown.code : "internal");
  }
}
