import type { ConveyorError, Output, StartedSession } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import { bindWithin } from "../bindings/bind.ts";
import type { Ctx } from "../ctx.ts";
import { insertRun } from "../loops/insert-run.ts";
import { communicationOf } from "../sessions/communication.ts";
import { recordColumnsOf, recordPlaceOf } from "../shared/recorded.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { noteWorktreeUse } from "../worktrees/make-worktree.ts";
import { workplaceOf } from "../worktrees/workplace.ts";
import { assertCanStartDispatch, ensureDispatch, NO_DISPATCH } from "./ensure-dispatch.ts";
import { type PairInput, planOf } from "./pair/plan.ts";
import { assertPairPossible, type PreparedPair, preparePair } from "./pair/prepare.ts";
import { brokenPair, type PairProgress } from "./pair/standing.ts";
import { assertNoTmuxSession, checkMachine, type Machine } from "./preflight.ts";
import { managerPrompt } from "./prompts/manager.ts";
import { spawnBoundWorker } from "./spawn-bound-worker.ts";
import { type SpawnRequest, spawnSession } from "./spawn-session.ts";

/**
 * Start a worker and a manager, bind them to a task, open a run and see that Dispatch runs (spec 01 §6.3). Everything that
 * can be known to fail is looked at before anything is touched. What was started stays when a later step fails, and the
 * error then says what stands and how to clean up.
 */
export async function pair(ctx: Ctx, input: PairInput): Promise<Output<"startup.pair">> {
  const plan = planOf(input);
  if (!input.no_dispatch) assertCanStartDispatch(ctx.settings);
  const looked = await checkMachine(ctx, ctx.agents.standard, input.cwd);
  await ctx.store.read((tx) => assertPairPossible(ctx, tx, input));
  for (const name of [input.worker_name, input.manager_name])
    await assertNoTmuxSession(ctx, tmuxSessionOf(looked.agent, name));
  const place = await workplaceOf(ctx, { ...input, cwd: looked.cwd, name: input.worker_name });
  const machine = { ...looked, cwd: place.cwd };

  const prepared = await ctx.store.write((tx) => preparePair(ctx, tx, input, plan));
  const { task, config } = prepared;
  const progress: PairProgress = { task, worker: null, manager: null, binding_id: null, run_id: null };
  try {
    const worker = await startWorker(ctx, machine, input, prepared);
    progress.worker = worker;
    if (place.worktree_id !== null)
      await noteWorktreeUse(ctx, place.worktree_id, { session_id: worker.session_id, task_id: task.id });
    const manager = await startManager(ctx, machine, input, prepared);
    progress.manager = manager;
    const tied = await ctx.store.write((tx) => tie(ctx, tx, prepared, { worker, manager }));
    Object.assign(progress, tied);
    const dispatch = input.no_dispatch ? NO_DISPATCH : await ensureDispatch(ctx, input.dispatcher_id, task.id);
    return {
      task: { id: task.id, name: task.name, created: task.created },
      worker: bound(ctx, worker, task.name),
      manager: bound(ctx, manager, task.name),
      ...tied,
      ensure_dispatch: !input.no_dispatch,
      dispatch_command: dispatch.command,
      dispatch,
      manager_config_seeded: true,
      manager_config_seeded_by_pair: prepared.config_written,
      manager_recipe: config.recipe_name,
      manager_acceptance_criteria_seeded: prepared.criteria_seeded,
      warnings: [...prepared.warnings, ...(dispatch.healthy === false ? ["dispatch_not_healthy"] : [])],
    };
  } catch (thrown) {
    const error = asConveyorError(thrown);
    await ctx.store.write(async (tx) => recordFailure(tx, prepared, progress, error));
    throw brokenPair(ctx.settings, progress, error);
  }
}

function startWorker(ctx: Ctx, machine: Machine, input: PairInput, prepared: PreparedPair): Promise<StartedSession> {
  const { task, telemetry } = prepared;
  const work = input.task_prompt ?? task.goal;
  const wanted = { ...startOptions(input, task.id), name: input.worker_name, task: task.name, work };
  return spawnBoundWorker(ctx, machine, wanted, (tx, started) => {
    telemetry.know({ worker_session_id: started.session_id });
    tx.tell("pair_worker_spawned", {
      ...telemetry.about(`worker ${started.name} spawned`),
      attributes: spawnFacts(started),
    });
  });
}

function startManager(ctx: Ctx, machine: Machine, input: PairInput, prepared: PreparedPair): Promise<StartedSession> {
  const { task, config, telemetry } = prepared;
  const prompt = managerPrompt(ctx.settings, {
    name: input.manager_name,
    cwd: machine.cwd,
    task: task.name,
    goal: task.goal,
    worker: input.worker_name,
    config: { tools: config.tools, questions: config.setup_questions },
  });
  const request: SpawnRequest = { ...startOptions(input, task.id), role: "manager", name: input.manager_name, prompt };
  return spawnSession(ctx, machine, request, (tx, started) => {
    telemetry.know({ manager_session_id: started.session_id });
    tx.tell("pair_manager_spawned", {
      ...telemetry.about(`manager ${started.name} spawned`),
      attributes: spawnFacts(started),
    });
  });
}

/** A session that has a task now knows its poll command (spec 01 §5.7). */
function bound({ settings }: Ctx, session: StartedSession, task_name: string): StartedSession {
  return { ...session, communication: communicationOf(settings, session, task_name) };
}

function startOptions(input: PairInput, task_id: string) {
  const { sandbox, ask_for_approval, codex_profile, accept_trust, timeout_seconds } = input;
  const profile = codex_profile;
  return { sandbox, ask_for_approval, profile, accept_trust, timeout_seconds, task_id, via: "pair" as const };
}

function spawnFacts({ pid, tmux_session, ...started }: StartedSession) {
  return { ...recordColumnsOf(recordPlaceOf(started)), pid, tmux_session };
}

/** Steps 8 and 9 in one transaction: the binding and the run. */
async function tie(
  ctx: Ctx,
  tx: WriteTx,
  { task, config, config_written, telemetry }: PreparedPair,
  { worker, manager }: { worker: StartedSession; manager: StartedSession },
): Promise<{ binding_id: string; run_id: string }> {
  const { binding_id } = await bindWithin(ctx, tx, { task: task.id, worker: worker.name, manager: manager.name });
  telemetry.know({ binding_id });
  tx.tell("pair_binding_created", {
    ...telemetry.about(`task ${task.name} bound`),
    attributes: { manager_session_id: manager.session_id, worker_session_id: worker.session_id },
  });
  const run = await insertRun(ctx, tx, {
    task,
    name: `${task.id}-pair`,
    purpose: task.goal,
    status: "active",
    source: "pair",
    metadata: {
      binding_id,
      manager: manager.name,
      worker: worker.name,
      manager_config_seeded: true,
      manager_config_seeded_by_pair: config_written,
      manager_recipe: config.recipe_name,
      source: "pair",
    },
  });
  telemetry.inRun(run.id);
  tx.tell("pair_run_created", {
    ...telemetry.about(`run ${run.name} created`),
    attributes: { run_id: run.id },
  });
  return { binding_id, run_id: run.id };
}

function recordFailure(
  tx: WriteTx,
  { task, telemetry }: PreparedPair,
  progress: PairProgress,
  error: ConveyorError,
): void {
  tx.tell("pair_failed", {
    ...telemetry.about(`pair on task ${task.name} failed: ${error.code}`),
    attributes: {
      error: error.message,
      error_type: error.code,
      worker_spawned: progress.worker !== null,
      manager_spawned: progress.manager !== null,
      binding_created: progress.binding_id !== null,
      run_created: progress.run_id !== null,
    },
  });
}
