import type { ManagerConfig } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx, WriteTx } from "@conveyor/store";
import { saysAnything } from "../../contract/merge-config.ts";
import { configCountsOf, findManagerConfig, recordManagerConfig } from "../../contract/record-config.ts";
import { seedCriteria } from "../../criteria/seed.ts";
import type { Ctx } from "../../ctx.ts";
import { activeRunOf } from "../../loops/insert-run.ts";
import { commandLine, slot } from "../../shared/command-line.ts";
import { findOpenTask } from "../../shared/find-task.ts";
import { liveBindingOf } from "../../shared/references.ts";
import { insertTask } from "../../tasks/create.ts";
import { assertNameFree } from "../preflight.ts";
import type { PairInput, PairPlan } from "./plan.ts";
import { PairTelemetry } from "./telemetry.ts";

/** What is in the ledger before a session is started. */
export interface PreparedPair {
  task: { id: string; name: string; goal: string; created: boolean };
  config: ManagerConfig;
  config_written: boolean;
  criteria_seeded: number;
  warnings: string[];
  telemetry: PairTelemetry;
}

/**
 * Everything that the ledger can tell against it (spec 01 §6.3 step 2). Throws `not_found`, `terminal_state`, `ambiguous`,
 * `conflict`.
 */
export async function assertPairPossible(ctx: Ctx, tx: ReadTx, input: PairInput): Promise<void> {
  await assertNameFree(ctx, tx, { name: input.worker_name, role: "worker" });
  await assertNameFree(ctx, tx, { name: input.manager_name, role: "manager" });
  const task = findOpenTask(tx, input.task);
  if (task === null) {
    if (input.task_goal === undefined) throw taskMissing(ctx, input.task);
    assertTaskName(input.task);
    return;
  }
  const details = { kind: "task", task_id: task.id };
  const binding = await liveBindingOf(tx, task.id);
  if (binding !== null) {
    throw new ConveyorError("conflict", `task ${JSON.stringify(task.name)} is already bound (${binding.id})`, {
      hint: `end that binding first: ${commandLine(ctx.settings, ["unbind"], { task: task.id })}`,
      details: { ...details, binding_id: binding.id },
    });
  }
  const run = await activeRunOf(tx, task.id);
  if (run !== null) {
    throw new ConveyorError("conflict", `task ${JSON.stringify(task.name)} already has the active run ${run.name}`, {
      hint: `end that run first, or finish the task: ${commandLine(ctx.settings, ["finish-task", task.name])}`,
      details: { ...details, run_id: run.id },
    });
  }
}

/** Steps 3 to 5: the task, its manager config, its criteria; all or nothing. */
export async function preparePair(ctx: Ctx, tx: WriteTx, input: PairInput, plan: PairPlan): Promise<PreparedPair> {
  await assertPairPossible(ctx, tx, input);
  const found = findOpenTask(tx, input.task);
  const row =
    found ??
    (await insertTask(ctx, tx, { name: input.task, goal: input.task_goal ?? "", summary: input.task_summary ?? null }));
  const task = { id: row.id, name: row.name, goal: row.goal, created: found === null };
  const telemetry = new PairTelemetry(input, task);
  tx.tell("pair_started", {
    ...telemetry.about(`pair on task ${task.name} started`),
    attributes: {
      cwd: input.cwd,
      task_created: task.created,
      task_goal_provided: input.task_goal !== undefined,
    },
  });
  tx.tell("pair_task_resolved", {
    ...telemetry.about(`task ${task.name} resolved`),
    attributes: { created: task.created },
  });

  const existing = await findManagerConfig(tx, task.id);
  const config_written = existing === null || saysAnything(plan.changes);
  const recorded = config_written
    ? await recordManagerConfig(tx, task, { changes: plan.changes, source: "pair" })
    : null;
  const config = recorded?.config ?? (existing as ManagerConfig);
  if (config_written) {
    tx.tell("pair_manager_config_seeded", {
      ...telemetry.about(`manager config of ${task.name} seeded`),
      attributes: configCountsOf(config),
    });
  }
  const criteria_seeded = await seedCriteria(tx, task.id, plan.changes.acceptance_criteria ?? []);
  return { task, config, config_written, criteria_seeded, warnings: recorded?.warnings ?? [], telemetry };
}

function taskMissing(ctx: Ctx, reference: string): ConveyorError {
  const create = commandLine(ctx.settings, ["tasks"], { create: reference, goal: slot("goal") });
  return new ConveyorError("not_found", `there is no task ${JSON.stringify(reference)}`, {
    hint: `pass --task-goal to create it, or run ${create}`,
    details: { kind: "task", reference },
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused here
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** The rule of `tasks --create` (spec 01 §4.7); a reference to an existing task need not obey it. */
function assertTaskName(name: string): void {
  if (name.length <= 200 && name.trim() !== "" && !CONTROL.test(name)) return;
  throw new ConveyorError("invalid_input", "a task's name has 1 to 200 printable characters and no line break", {
    details: { field: "task" },
  });
}
