import type { Role, SessionListItem, Suggestion, TaskListItem } from "@conveyor/contracts";
import type { Settings } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";

export interface SuggestionFacts {
  /** Open tasks that were found, oldest first. */
  tasks: readonly TaskListItem[];
  bound_tasks: ReadonlySet<string>;
  /** All active sessions, whether the query found them or not. */
  sessions: readonly SessionListItem[];
  /** Names of those that the query found: they come first. */
  preferred: ReadonlySet<string>;
}

/** The bundled skill that tells a session how to register itself. */
const SKILL = "manage-codex-workers";

/** What could be set up next (spec 01 §6.10). Pure. */
export function suggestionsFor(
  settings: Pick<Settings, "program" | "ledger_path">,
  facts: SuggestionFacts,
): Suggestion[] {
  const task = facts.tasks.find(({ name }) => !facts.bound_tasks.has(name));
  const worker = freeSession(facts, "worker");
  const manager = freeSession(facts, "manager");
  const suggestions: Suggestion[] = [];
  if (task !== undefined && worker !== undefined && manager !== undefined) {
    const parts = { task: task.name, worker: worker.name, manager: manager.name };
    suggestions.push({ kind: "bind", ...parts, command: commandLine(settings, ["bind"], parts) });
  }
  for (const role of ["worker", "manager"] as const) {
    if (facts.sessions.some((session) => session.role === role)) continue;
    suggestions.push({ kind: `register-${role}`, prompt: registerPrompt(role) });
  }
  return suggestions;
}

function freeSession({ sessions, preferred }: SuggestionFacts, role: Role): SessionListItem | undefined {
  const free = sessions.filter(
    (session) => session.role === role && session.binding === null && session.alive !== false,
  );
  return free.find(({ name }) => preferred.has(name)) ?? free[0];
}

function registerPrompt(role: Role): string {
  return `Open the session that is to be the ${role} and ask it: "Use the ${SKILL} skill and register this session as a ${role}."`;
}
