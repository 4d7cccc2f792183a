import type { SmokeStanding } from "@conveyor/contracts";
import { decodeRow, inboxRows, type Prisma, type ReadTx } from "@conveyor/store";
import type { BoundPair } from "../pair.ts";
import { type SmokeFacts, type SmokeMark, type SmokeParty, smokeRoleOf, smokeVerdictOf } from "./verdict.ts";

export type SmokeRow = Prisma.smoke_runsGetPayload<object>;

/** Only the newest marks of a run are looked at; a run needs a handful. */
const MOST_MARKS = 1000;

/** The run of a task that is meant, or its newest; null when there is none. */
export async function smokeRunOf(tx: ReadTx, task_id: string, id: string | undefined): Promise<SmokeRow | null> {
  return tx.db.smoke_runs.findFirst({ where: { task_id, ...(id !== undefined && { id }) }, orderBy: { seq: "desc" } });
}

/** How a smoke run stands at the instant of this transaction; `part_of_a_set`: as one of several that are looked at together. */
export async function standingOf(
  tx: ReadTx,
  pair: BoundPair,
  run: SmokeRow,
  { stale_after_seconds, scope }: { stale_after_seconds: number; scope: "one_task" | "part_of_a_set" },
): Promise<SmokeStanding> {
  const { task, manager, worker, binding_id } = pair;
  const beats = inboxRows.lastHeartbeats(tx, [manager.id, worker.id]);
  const party = (session: BoundPair["worker"]): SmokeParty => {
    const { seq, recorded_at, rotated_seq } = beats.find(({ session_id }) => session_id === session.id) ?? {
      ...{ seq: null, recorded_at: null, rotated_seq: null },
    };
    // What was heard before the thread was replaced came from the old one.
    const isHeard = seq !== null && recorded_at !== null && seq > (rotated_seq ?? 0);
    return { session, rotated_seq, heartbeat: isHeard ? { seq, recorded_at } : null };
  };
  const facts: SmokeFacts = {
    run,
    binding_id,
    marks: await marksOf(tx, run.id),
    parties: { manager: party(manager), worker: party(worker) },
    now: new Date(tx.now),
    stale_after_seconds,
  };
  const roles = { manager: smokeRoleOf(facts, "manager"), worker: smokeRoleOf(facts, "worker") };
  return {
    task: { id: task.id, name: task.name },
    smoke: shownRun(run),
    roles,
    ...smokeVerdictOf(facts, roles, scope),
  };
}

/** A run as it is shown: without its nonce. Pure. */
export function shownRun({ id, mode, scope, worker_count, recorded_at }: SmokeRow): SmokeStanding["smoke"] {
  return {
    id,
    mode: mode as SmokeStanding["smoke"]["mode"],
    nonce: null,
    recorded_at,
    scope: scope as SmokeStanding["smoke"]["scope"],
    worker_count,
  };
}

async function marksOf(tx: ReadTx, smoke_id: string): Promise<SmokeMark[]> {
  const rows = await tx.db.smoke_marks.findMany({ where: { smoke_id }, orderBy: { seq: "desc" }, take: MOST_MARKS });
  return rows.reverse().map((row) => {
    const { seq, role, status, thread_id, payload } = decodeRow(row);
    const summary = (payload as { summary?: unknown } | null)?.summary;
    return {
      ...{ seq, status, thread_id },
      role: role as SmokeMark["role"],
      summary: typeof summary === "string" && summary.trim() !== "" ? summary : null,
    };
  });
}
