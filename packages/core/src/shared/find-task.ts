import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { ReadTx } from "@conveyor/store";
import { resolveTask } from "./references.ts";

/** A word is the beginning of an id only from here on: a new task may be called `t` or `task-1`. */
const ID_PREFIX = /^task-[0-9a-f]{8}/;

/**
 * The open task that a command means which would otherwise make one: by id, by name, or by an id prefix that is long
 * enough not to be a name. Null when there is none. Throws `terminal_state` when it is closed (spec 01 §4.7, §6.3).
 */
export function findOpenTask(tx: ReadTx, reference: string) {
  const task = findTask(tx, reference);
  if (task === null || (OPEN_TASK_STATES as readonly string[]).includes(task.state)) return task;
  throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state} and cannot be bound`, {
    hint: "take another name for a new task",
    details: { kind: "task", id: task.id, name: task.name, state: task.state },
  });
}

function findTask(tx: ReadTx, reference: string) {
  const mayBePrefix = ID_PREFIX.test(reference);
  try {
    const task = resolveTask(tx, reference);
    return mayBePrefix || task.name === reference || task.id === reference ? task : null;
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    if (thrown.code === "not_found" || (thrown.code === "ambiguous" && !mayBePrefix)) return null;
    throw thrown;
  }
}
