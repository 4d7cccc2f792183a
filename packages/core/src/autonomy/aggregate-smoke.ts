import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { autonomyRows, type lookups, type ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { shownRun, smokeRunOf, standingOf } from "./smoke/standing.ts";

type Answer = Output<"autonomy.aggregateSmoke">;
type Part = Answer["tasks"][number];

const MOST_TASKS = 200;

/**
 * `app-smoke aggregate`: one verdict over the newest smoke runs of several tasks, each with one worker (spec 06 §6.12
 * item 7). Throws `not_found`, `ambiguous`, `invalid_input` (no task, or too many).
 */
export async function aggregateSmoke(ctx: Ctx, input: Input<"autonomy.aggregateSmoke">): Promise<Answer> {
  const references = namesIn(input.tasks);
  return ctx.store.read(async (tx) => {
    const tasks = new Map(references.map((one) => resolveTask(tx, one)).map((task) => [task.id, task]));
    const parts: Part[] = [];
    for (const task of tasks.values()) parts.push(await partOf(tx, task, input.stale_after));
    const passed = parts.filter(({ ok }) => ok).length;
    const allowed = parts.filter(({ real_work_allowed }) => real_work_allowed).length;
    return {
      ok: passed === parts.length,
      real_work_allowed: allowed === parts.length,
      summary: { tasks: parts.length, passed, allowed },
      tasks: parts,
    };
  });
}

function namesIn(tasks: string): string[] {
  const names = tasks.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  if (names.length > 0 && names.length <= MOST_TASKS) return names;
  const what =
    names.length === 0 ? "no task is named" : `${names.length} tasks are named, ${MOST_TASKS} at most can be`;
  throw new ConveyorError("invalid_input", what, {
    hint: "name them with commas between them: --tasks auth,billing",
    details: { field: "tasks" },
  });
}

async function partOf(tx: ReadTx, task: lookups.TaskRow, stale_after_seconds: number): Promise<Part> {
  const named = { id: task.id, name: task.name };
  const run = await smokeRunOf(tx, task.id, undefined);
  const isOpen = (OPEN_TASK_STATES as readonly string[]).includes(task.state);
  const bound = isOpen ? autonomyRows.livePair(tx, task.id) : undefined;
  const lacks = (code: "no_smoke" | "no_active_binding", text: string): Part => ({
    task: named,
    smoke: run && shownRun(run),
    ...{ ok: false, real_work_allowed: false, blockers: [text], blocker_codes: [{ code, role: null }] },
  });
  if (bound === undefined) return lacks("no_active_binding", `no worker and manager are bound (task ${task.state})`);
  if (run === null) return lacks("no_smoke", "no smoke run was started");
  const pair = { task, is_closed: false, ...bound };
  const standing = await standingOf(tx, pair, run, { stale_after_seconds, scope: "part_of_a_set" });
  const { roles: _roles, ...part } = standing;
  return part;
}
