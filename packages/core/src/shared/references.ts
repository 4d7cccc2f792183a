import type { Role } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import { ConveyorError } from "@conveyor/contracts/errors";
import { nearest } from "@conveyor/contracts/nearest";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { type FastTx, lookups, loopRows, type ReadTx } from "@conveyor/store";

/** How many candidates an ambiguous prefix lists. */
const MOST_CANDIDATES = 6;
/** How many of the newest names a word that is none of them is compared with. */
const NAMES_COMPARED = 1000;

/**
 * The one task that a user means: exact id, else the open task of that name, else the newest task of that name, else
 * a unique id prefix. Throws `not_found` or `ambiguous` (spec 01 §4.7).
 */
export function resolveTask(tx: FastTx, reference: string): lookups.TaskRow {
  const byId = lookups.taskById(tx, reference);
  if (byId !== undefined) return byId;
  const named = lookups.tasksByName(tx, reference);
  const open = named.find((task) => (OPEN_TASK_STATES as readonly string[]).includes(task.state));
  const chosen = open ?? named[0];
  if (chosen !== undefined) return chosen;
  const candidates = lookups.tasksByIdPrefix(tx, reference, MOST_CANDIDATES);
  return only("task", reference, candidates, "conveyor tasks", () => lookups.taskNames(tx, NAMES_COMPARED));
}

/** The one session that a user means: exact name, exact id, else a unique id prefix. Throws `not_found` or `ambiguous`. */
export function resolveSession(tx: FastTx, reference: string): lookups.SessionRow {
  const exact = lookups.sessionByNameOrId(tx, reference);
  if (exact !== undefined) return exact;
  const candidates = lookups.sessionsByIdPrefix(tx, reference, MOST_CANDIDATES);
  const names = () => lookups.sessionNames(tx, NAMES_COMPARED);
  return only("session", reference, candidates, "conveyor sessions --state all", names);
}

/**
 * The one run that a user means: exact id, else the active run of that name, else the newest run of that name, else a
 * unique id prefix. Throws `not_found` or `ambiguous` (spec 01 §4.7).
 */
export function resolveRun(tx: FastTx, reference: string): loopRows.RunRow {
  const byId = loopRows.runById(tx, reference);
  if (byId !== undefined) return byId;
  const named = loopRows.runsByName(tx, reference);
  const chosen = named.find(({ status }) => status === "active") ?? named[0];
  const candidates = loopRows.runsByIdPrefix(tx, reference, MOST_CANDIDATES);
  return chosen ?? only("run", reference, candidates, "conveyor telemetry --event-type run_created");
}

/**
 * The one session that a user means, which must be of this role. Throws `not_found`, `ambiguous`, and
 * `precondition_failed` when it has the other role (spec 01 §6.8).
 */
export function resolveSessionOfRole(tx: FastTx, reference: string, role: Role): lookups.SessionRow {
  const session = resolveSession(tx, reference);
  if (session.role === role) return session;
  throw new ConveyorError(
    "precondition_failed",
    `session ${JSON.stringify(session.name)} is a ${session.role}, but a ${role} is needed here`,
    {
      hint: `list the ${role}s with \`conveyor sessions --role ${role}\``,
      details: { kind: "session", id: session.id, name: session.name, role: session.role, expected_role: role },
    },
  );
}

/**
 * The one row that a reference fits; `listing` shows what there is, and the nearest of `names` is suggested. Throws
 * `not_found` or `ambiguous`.
 */
export function only<Row extends { id: string; name: string }>(
  kind: string,
  reference: string,
  rows: Row[],
  listing: string,
  names: () => readonly string[] = () => [],
): Row {
  const [first, second] = rows;
  if (first === undefined) {
    const near = nearest(reference, names());
    const list = `list what exists with \`${listing}\``;
    throw new ConveyorError("not_found", `there is no ${kind} ${JSON.stringify(reference)}`, {
      hint: near === undefined ? list : `did you mean ${near}? Otherwise ${list}`,
      details: { kind, reference, ...(near !== undefined && { nearest: near }) },
    });
  }
  if (second !== undefined) {
    throw new ConveyorError("ambiguous", `${JSON.stringify(reference)} fits several ${kind}s`, {
      hint: `use one of: ${rows.map((row) => `${row.name} (${row.id})`).join(", ")}`,
      details: { kind, reference, candidates: rows.map(({ id, name }) => ({ id, name })) },
    });
  }
  return first;
}

/** The task's live binding (active or ending) with both sessions, or null. At most one exists (spec 01 §2). */
export async function liveBindingOf(tx: ReadTx, task_id: string) {
  return tx.db.bindings.findFirst({
    where: { task_id, state: { in: [...LIVE_BINDING_STATES] } },
    include: { worker_session: true, manager_session: true },
  });
}

/** The live binding that holds the session, in whichever role, with its task, or null. At most one exists. */
export async function liveBindingOfSession(tx: ReadTx, session_id: string) {
  return tx.db.bindings.findFirst({
    where: {
      state: { in: [...LIVE_BINDING_STATES] },
      OR: [{ worker_session_id: session_id }, { manager_session_id: session_id }],
    },
    include: { task: true },
  });
}
