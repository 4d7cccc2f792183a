import type { Criterion, ManagerContext } from "@conveyor/contracts";
import type { AgentRecords, TurnState } from "@conveyor/host";
import { completionOf } from "@conveyor/host";
import { decodeRow, payloadObject, type ReadTx } from "@conveyor/store";
import { criteriaOf, criteriaSummaryOf } from "../criteria/criterion.ts";
import type { Settings } from "../ctx.ts";
import { negotiation } from "./criteria-negotiation.ts";

interface ContextSubject {
  task: { id: string; name: string };
  binding: { id: string; created_at: string };
  worker: { id: string; name: string };
  turns: TurnState;
  /** How the worker's records are read. */
  records: AgentRecords | null;
  settings: Settings;
}

/** What a manager is given to decide with (spec 02 §8.3, `manager_context`). */
export async function loadManagerContext(tx: ReadTx, subject: ContextSubject): Promise<ManagerContext> {
  const task_id = subject.task.id;
  const config = await tx.db.manager_configs.findUnique({ where: { task_id } });
  const handoff = await tx.db.worker_handoffs.findFirst({ where: { task_id }, orderBy: { id: "desc" } });
  const acceptance_criteria = byStatus(criteriaOf(tx, task_id));
  return {
    manager_config: config && withoutOrder(decodeRow(config)),
    worker_ack: await latestAcknowledgement(tx, task_id, "worker"),
    manager_ack: await latestAcknowledgement(tx, task_id, "manager"),
    worker_handoff: handoff && withoutOrder(decodeRow(handoff)),
    worker_receipt: await workerReceipt(tx, subject),
    acceptance_criteria,
    criteria_negotiation: negotiation(subject.task.name, acceptance_criteria.summary, subject.settings),
  } as ManagerContext;
}

async function latestAcknowledgement(tx: ReadTx, task_id: string, role: string) {
  const row = await tx.db.task_acknowledgements.findFirst({ where: { task_id, role }, orderBy: { revision: "desc" } });
  return row && withoutOrder(decodeRow(row));
}

/** The latest work or review that the worker brought to an end, with its own words about it. */
async function workerReceipt(
  tx: ReadTx,
  { binding, worker, turns, records }: ContextSubject,
): Promise<ManagerContext["worker_receipt"]> {
  const completion = turns.latest_ended_work === null ? null : completionOf(turns.latest_ended_work);
  if (completion === null || completion.source_event_id === null) return null;
  const event = await tx.db.codex_events.findUnique({ where: { id: completion.source_event_id } });
  if (event === null) return null;
  const { last_agent_message } = records?.receipt(payloadObject(event)) ?? { last_agent_message: null };
  return {
    binding_id: binding.id,
    source_event_id: event.id,
    source_event_timestamp: event.timestamp,
    source_session_id: worker.id,
    source_session_name: worker.name,
    turn_id: completion.turn_id,
    last_agent_message,
    completed_at: completion.completed_at,
    duration_ms: completion.duration_ms,
    time_to_first_token_ms: completion.time_to_first_token_ms,
    outcome: completion.outcome,
    before_binding: Date.parse(event.timestamp) < Date.parse(binding.created_at),
  };
}

function byStatus(criteria: readonly Criterion[]): ManagerContext["acceptance_criteria"] {
  const of = (status: Criterion["status"]) => criteria.filter((criterion) => criterion.status === status);
  return {
    summary: criteriaSummaryOf(criteria),
    open: of("accepted"),
    proposed: of("proposed"),
    accepted: of("accepted"),
    satisfied: of("satisfied"),
    deferred: of("deferred"),
    rejected: of("rejected"),
  };
}

/** The order of rows is the ledger's own business. */
function withoutOrder<Row extends { seq: number }>({ seq: _seq, ...row }: Row) {
  return row;
}
