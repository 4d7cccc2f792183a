import type { ThingKind } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { dispatchRows, type FastTx, lookups, loopRows } from "@conveyor/store";
import { resolveSession } from "../shared/references.ts";

/** What a reference of the everyday verbs means. */
export type Thing =
  | { kind: "task"; row: lookups.TaskRow }
  | { kind: "session"; row: lookups.SessionRow }
  | { kind: "command"; row: dispatchRows.CommandRow }
  | { kind: "run"; row: loopRows.RunRow };

/** How many things of a kind an ambiguous prefix lists. */
const MOST_CANDIDATES = 6;

/**
 * The one thing that a user means (spec 10.3): exact id of any kind, else exact name, else unique id prefix. Of several
 * with one name the only one that is open counts. Throws `not_found`, and `ambiguous` with the candidates.
 */
export function findThing(tx: FastTx, reference: string): Thing {
  return (
    only(reference, byId(tx, reference)) ??
    named(tx, reference) ??
    only(reference, byPrefix(tx, reference)) ??
    unknown(reference)
  );
}

/** A task's worker, or the session that is meant itself. Throws as `findThing`, and `not_found` for what has no session. */
export function sessionMeant(tx: FastTx, reference: string): lookups.SessionRow {
  const thing = findThing(tx, reference);
  if (thing.kind === "session") return thing.row;
  const task_id = thing.kind === "task" ? thing.row.id : thing.row.task_id;
  const worker = task_id === null ? undefined : boundSession(tx, task_id, "worker");
  if (worker !== undefined) return worker;
  throw new ConveyorError("not_found", `${nameOf(thing)} has no worker`, {
    hint: "name a session, or bind one to the task first",
    details: { kind: thing.kind, id: thing.row.id },
  });
}

/** The task that a thing is about: itself, or the one that it belongs or is bound to; null when there is none. */
export function taskOfThing(tx: FastTx, { kind, row }: Thing): string | null {
  if (kind === "task") return row.id;
  return kind === "session" ? (lookups.taskOfSession(tx, row.id) ?? null) : row.task_id;
}

/** The session that has this role in a task's live binding. */
export function boundSession(tx: FastTx, task_id: string, role: "worker" | "manager"): lookups.SessionRow | undefined {
  const bound = lookups.boundAgentRows(tx, [task_id]).find((row) => row.role === role);
  return bound === undefined ? undefined : resolveSession(tx, bound.id);
}

/** A thing in words: `task "auth"`. */
export function nameOf(thing: Thing): string {
  return `${thing.kind} ${JSON.stringify(labelOf(thing))}`;
}

/** What a thing is called: commands have no name but their id. */
export function labelOf(thing: Thing): string {
  return thing.kind === "command" ? thing.row.id : thing.row.name;
}

/** A thing as answers name it. */
export function shownThing(thing: Thing): { kind: ThingKind; id: string; name: string } {
  return { kind: thing.kind, id: thing.row.id, name: labelOf(thing) };
}

function byId(tx: FastTx, reference: string): Thing[] {
  const session = lookups.sessionByNameOrId(tx, reference);
  return [
    ...things("task", [lookups.taskById(tx, reference)]),
    ...things("session", [session?.id === reference ? session : undefined]),
    ...things("command", [dispatchRows.commandById(tx, reference)]),
    ...things("run", [loopRows.runById(tx, reference)]),
  ];
}

/** The newest of each kind that has this name, open ones before others. */
function named(tx: FastTx, reference: string): Thing | undefined {
  const tasks = lookups.tasksByName(tx, reference);
  const session = lookups.sessionByNameOrId(tx, reference);
  const runs = loopRows.runsByName(tx, reference);
  const candidates = [
    ...things("task", [tasks.find(({ state }) => isOpen(state)) ?? tasks[0]]),
    ...things("session", [session?.name === reference ? session : undefined]),
    ...things("run", [runs.find(({ status }) => status === "active") ?? runs[0]]),
  ];
  const live = candidates.filter(isLive);
  return only(reference, live.length === 1 ? live : candidates);
}

function byPrefix(tx: FastTx, reference: string): Thing[] {
  return [
    ...things("task", lookups.tasksByIdPrefix(tx, reference, MOST_CANDIDATES)),
    ...things("session", lookups.sessionsByIdPrefix(tx, reference, MOST_CANDIDATES)),
    ...things("command", dispatchRows.commandsByIdPrefix(tx, reference, MOST_CANDIDATES)),
    ...things("run", loopRows.runsByIdPrefix(tx, reference, MOST_CANDIDATES)),
  ];
}

function things<Kind extends ThingKind>(
  kind: Kind,
  rows: readonly (Extract<Thing, { kind: Kind }>["row"] | undefined)[],
) {
  return rows.flatMap((row) => (row === undefined ? [] : [{ kind, row } as unknown as Extract<Thing, { kind: Kind }>]));
}

function isOpen(state: string): boolean {
  return (OPEN_TASK_STATES as readonly string[]).includes(state);
}

function isLive(thing: Thing): boolean {
  if (thing.kind === "task") return isOpen(thing.row.state);
  if (thing.kind === "session") return thing.row.state === "active";
  return thing.kind === "run" && thing.row.status === "active";
}

function only(reference: string, found: readonly Thing[]): Thing | undefined {
  const [first, second] = found;
  if (second === undefined) return first;
  const candidates = found.map(shownThing);
  throw new ConveyorError("ambiguous", `${JSON.stringify(reference)} may be several things`, {
    hint: `use one of: ${candidates.map(({ kind, id }) => `${id} (${kind})`).join(", ")}`,
    details: { reference, candidates },
  });
}

function unknown(reference: string): never {
  throw new ConveyorError("not_found", `there is no task, session, command or run ${JSON.stringify(reference)}`, {
    hint: "`conveyor ps -a` shows tasks and sessions, `conveyor commands` the messages",
    details: { kind: "thing", reference },
  });
}
