import { isSameStart, type ProcessInTree } from "./index.ts";
import { isInteractiveShell } from "./shells.ts";

/** A process that cannot be taken for another one that got its pid. */
export interface ProcessMark {
  pid: number;
  /** Null: not known, and then only the pid is compared. */
  started_at: string | null;
}

/** Who is expected in a pane before anything is typed into it (ruling 2 of spec 00). */
export interface ExpectedAgent {
  /** The process that was registered; null when none was. */
  process: ProcessMark | null;
  /** Whether these are the program and arguments of such an agent; decides when no process was registered. */
  isProgram: (argv: readonly string[]) => boolean;
}

/**
 * Why keys for a pane would not reach the expected agent; null when they do. `tree` is the pane's process and its
 * descendants, the pane's own first. The registered process must live, run in this pane and have its keyboard: one that
 * was put into the background has left it to a shell. A shell that was registered stands for the agent that runs in it.
 * Pure.
 */
export function agentAbsence(tree: readonly ProcessInTree[], expected: ExpectedAgent): string | null {
  const [root] = tree;
  const living = tree.filter((one) => !one.zombie);
  if (root === undefined || root.zombie) return "its program has ended";
  const hasKeyboard = (one: ProcessInTree) => !one.stopped && one.group === root.foreground_group;
  if (expected.process === null) {
    const agents = living.filter((one) => expected.isProgram(one.argv));
    if (agents.length === 0) return "no program of the agent runs in it";
    return agents.some(hasKeyboard) ? null : "another program has its keyboard";
  }
  const { pid, started_at } = expected.process;
  const registered = living.find((one) => one.pid === pid && isSameStart(one.started_at, started_at));
  if (registered === undefined) return `the registered process ${pid} does not run in it any more`;
  if (isInteractiveShell(registered.argv)) {
    const inside = descendantsOf(registered, living);
    if (inside.some((one) => expected.isProgram(one.argv) && hasKeyboard(one))) return null;
    return "a shell has its keyboard";
  }
  return hasKeyboard(registered) ? null : "another program has its keyboard";
}

/**
 * The process that a pane is registered with when nobody named one: the agent's own program, else whatever has the
 * keyboard and is no shell that waits for commands. Null when there is only such a shell. Pure.
 */
export function agentIn(tree: readonly ProcessInTree[], isProgram: ExpectedAgent["isProgram"]): ProcessMark | null {
  const [root] = tree;
  if (root === undefined) return null;
  const candidates = tree.filter(
    (one) => !one.zombie && !one.stopped && one.group === root.foreground_group && !isInteractiveShell(one.argv),
  );
  const found = candidates.find((one) => isProgram(one.argv)) ?? candidates[0];
  return found === undefined ? null : { pid: found.pid, started_at: found.started_at };
}

function descendantsOf(ancestor: ProcessInTree, tree: readonly ProcessInTree[]): ProcessInTree[] {
  const inside = new Set([ancestor.pid]);
  // The tree is in the order of nearness, so a parent comes before its children.
  return tree.filter((one) => {
    if (one === ancestor || !inside.has(one.parent_pid)) return false;
    inside.add(one.pid);
    return true;
  });
}
