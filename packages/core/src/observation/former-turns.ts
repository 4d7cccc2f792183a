import { type Agents, applyFact, initialTurnState, type RecordMeaning, turnEndOf } from "@conveyor/host";
import { type DerivableRow, type dispatchRows, type FastTx, payloadObject, recordsAfter } from "@conveyor/store";

/**
 * What the ends of a session's turns after this record came to, where the records are from a ledger of before turns were
 * derived with them. Nothing is kept: such an end is asked for until it was reported once.
 */
export function formerEnds(
  agents: Agents,
  tx: FastTx,
  session: { id: string; agent_kind: string; thread_id: string | null },
  after_id: number,
): dispatchRows.DerivedEnd[] {
  const { records } = agents.of(session.agent_kind);
  return records === null ? [] : endsOf(records, recordsAfter(tx, { session_id: session.id, after_id }), session);
}

/** The same for records at hand. Pure. */
export function endsOf(
  meaning: RecordMeaning,
  records: Iterable<DerivableRow>,
  session: { thread_id: string | null },
): dispatchRows.DerivedEnd[] {
  const ends: dispatchRows.DerivedEnd[] = [];
  let state = initialTurnState(session.thread_id);
  for (const row of records) {
    if (!meaning.isLifecycle(row)) continue;
    const fact = meaning.lifecycleFact({ ...row, payload: payloadObject(row) });
    if (fact === null) continue;
    const before = state;
    state = applyFact(before, fact);
    const end = turnEndOf(before, state, fact);
    if (end !== null) ends.push({ id: row.id, timestamp: row.timestamp, ...end });
  }
  return ends;
}
