import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx } from "@conveyor/store";
import { findManagerConfig } from "../contract/record-config.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { assertNameFree, assertNoTmuxSession, assertTextFits, checkMachine } from "./preflight.ts";
import { type ManagerFacts, managerPrompt } from "./prompts/manager.ts";
import { spawnSession } from "./spawn-session.ts";

/**
 * Start an agent in tmux, told how to supervise, and register it as a manager; binds nothing, and a task that does not
 * exist yet is no error (spec 01 §6.2). Throws what `startWorker` throws.
 */
export async function startManager(
  ctx: Ctx,
  input: Input<"startup.startManager">,
): Promise<Output<"startup.startManager">> {
  const { name } = input;
  assertTextFits("task-goal", input.task_goal);
  const machine = await checkMachine(ctx, ctx.agents.standard, input.cwd);
  const known = await ctx.store.read(async (tx) => {
    await assertNameFree(ctx, tx, { name, role: "manager" });
    return knownTask(tx, input.task);
  });
  await assertNoTmuxSession(ctx, tmuxSessionOf(machine.agent, name));
  const prompt = managerPrompt(ctx.settings, {
    name,
    cwd: machine.cwd,
    task: known?.name ?? input.task ?? null,
    goal: input.task_goal ?? known?.goal ?? null,
    worker: input.worker ?? null,
    config: known?.config ?? null,
  });
  const { task: _task, ...options } = input;
  return spawnSession(ctx, machine, { ...options, role: "manager", prompt, via: "start-manager", task_id: known?.id });
}

type KnownTask = { id: string; name: string; goal: string; config: ManagerFacts["config"] };

async function knownTask(tx: ReadTx, reference: string | undefined): Promise<KnownTask | undefined> {
  if (reference === undefined) return undefined;
  try {
    const { id, name, goal } = resolveTask(tx, reference);
    const config = await findManagerConfig(tx, id);
    return { id, name, goal, config: config && { tools: config.tools, questions: config.setup_questions } };
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}
