import type { ReadTx } from "@conveyor/store";
import { type Observed, openObserved } from "./observed.ts";

/** The columns and fields that say where a session is recorded; what they are called is law (spec 01 §5.1). */
export interface RecordColumns {
  codex_session_path: string | null;
  codex_session_id: string | null;
}

/** Where a session's agent records what it does, and in which thread. */
export interface RecordPlace {
  record_path: string | null;
  thread_id: string | null;
}

const COLUMNS = { codex_session_path: true, codex_session_id: true } as const;

/** Where a session is recorded, by its row or its record in an answer. */
export function recordPlaceOf({ codex_session_path, codex_session_id }: RecordColumns): RecordPlace {
  return { record_path: codex_session_path, thread_id: codex_session_id };
}

/** The same as it stands in rows and answers. */
export function recordColumnsOf<Path extends string | null, Thread extends string | null>(place: {
  record_path: Path;
  thread_id: Thread;
}): { codex_session_path: Path; codex_session_id: Thread } {
  return { codex_session_path: place.record_path, codex_session_id: place.thread_id };
}

/** Where a session is recorded; nowhere for one that there is not. */
export async function recordPlace(tx: ReadTx, session_id: string): Promise<RecordPlace> {
  const row = await tx.db.sessions.findUnique({ where: { id: session_id }, select: COLUMNS });
  return row === null ? { record_path: null, thread_id: null } : recordPlaceOf(row);
}

/** What ingest derived of a session so far, and where that is recorded. Throws when there is no such session. */
export async function storedObservation(tx: ReadTx, session_id: string): Promise<RecordPlace & { observed: Observed }> {
  const select = { ...COLUMNS, observation_json: true } as const;
  const row = await tx.db.sessions.findUniqueOrThrow({ where: { id: session_id }, select });
  const place = recordPlaceOf(row);
  return { ...place, observed: openObserved(row.observation_json, place.thread_id) };
}

/** Names of the sessions but one that have a record, oldest first, by its path. */
export async function recordHolders(
  tx: ReadTx,
  { but, active }: { but?: string; active: boolean },
): Promise<Map<string, string[]>> {
  const rows = await tx.db.sessions.findMany({
    where: {
      ...(active && { state: "active" }),
      ...(but !== undefined && { name: { not: but } }),
      codex_session_path: { not: null },
    },
    orderBy: { seq: "asc" },
    select: { name: true, codex_session_path: true },
  });
  const holders = new Map<string, string[]>();
  for (const { name, codex_session_path } of rows) {
    const path = codex_session_path ?? "";
    holders.set(path, [...(holders.get(path) ?? []), name]);
  }
  return holders;
}
