import type { Input, Output, StartedSession } from "@conveyor/contracts";
import { asConveyorError, ConveyorError, ownHint } from "@conveyor/contracts/errors";
import { attachCommand } from "@conveyor/contracts/terminal-commands";
import type { StartableAgent } from "@conveyor/host";
import type { WriteTx } from "@conveyor/store";
import { bindWithin } from "../bindings/bind.ts";
import { insertCriterion } from "../criteria/add.ts";
import { addCommandChecks, type CommandText, commandCheck } from "../criteria/command-checks.ts";
import type { Ctx } from "../ctx.ts";
import { insertRun } from "../loops/insert-run.ts";
import { upsertSession } from "../sessions/upsert-session.ts";
import { commandLine } from "../shared/command-line.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { assertCanStartDispatch, ensureDispatch } from "../startup/ensure-dispatch.ts";
import { assertNoTmuxSession, assertTextFits, checkMachine } from "../startup/preflight.ts";
import { spawnBoundWorker } from "../startup/spawn-bound-worker.ts";
import { insertTask } from "../tasks/create.ts";
import { followFirstTurn } from "./run/first-turn.ts";
import { assertNamesFree, chooseName, type RunNames } from "./run/names.ts";

type RunInput = Input<"everyday.run">;

/** The dispatcher that `run` starts under this id serves every run of the ledger. */
const RUN_DISPATCHER_ID = "dispatch-run";

/** What is in the ledger before the agent is started. */
interface Prepared {
  task: { id: string; name: string };
  names: RunNames;
  criteria: number[];
}

/**
 * Give one agent a piece of work: a task, a worker in tmux, an inbox of the caller's as its manager, criteria with checks,
 * Dispatch; then follow its first turn (spec 10.3). Everything that can be known to fail is looked at before anything is
 * touched; what was started stays when a later step fails, and the error says what stands. Throws what `startWorker` throws,
 * `conflict` for a name that is taken, `invalid_input` for a check that needs a shell or an agent that cannot be started.
 */
export async function run(ctx: Ctx, input: RunInput): Promise<Output<"everyday.run">> {
  const { clock } = ctx.host;
  const began = clock.monotonic_ms();
  assertTextFits("prompt", input.prompt);
  assertCanStartDispatch(ctx.settings);
  const commands = input.check.map(commandCheck);
  const machine = await checkMachine(ctx, startable(ctx, input.agent), input.cwd);
  const names = await ctx.store.read(async (tx) => {
    const chosen = await chooseName(tx, input);
    await assertNamesFree(ctx, tx, chosen);
    return chosen;
  });
  await assertNoTmuxSession(ctx, tmuxSessionOf(machine.agent, names.worker));

  const prepared = await ctx.store.write((tx) => prepare(ctx, tx, input, names, commands));
  let worker: StartedSession | null = null;
  try {
    worker = await spawnBoundWorker(ctx, machine, {
      ...input,
      name: names.worker,
      task: names.task,
      work: input.prompt,
      profile: input.codex_profile,
      task_id: prepared.task.id,
      via: "run",
    });
    const { binding_id, run_id } = await ctx.store.write((tx) => tie(ctx, tx, prepared, machine.cwd));
    const dispatch = await ensureDispatch(ctx, RUN_DISPATCHER_ID, prepared.task.id);
    const seconds = input.detach ? 0 : input.follow_seconds;
    const turn = await followFirstTurn(ctx, worker.session_id, seconds);
    return {
      task: prepared.task,
      worker,
      you: names.you,
      binding_id,
      run_id,
      criteria: prepared.criteria,
      dispatch_healthy: dispatch.healthy === true,
      ...turn,
      next: nextCommands(ctx, prepared, worker),
      elapsed_seconds: Math.round(clock.monotonic_ms() - began) / 1000,
      warnings: dispatch.healthy === false ? ["dispatch_not_healthy"] : [],
    };
  } catch (thrown) {
    throw brokenRun(ctx, prepared, worker, asConveyorError(thrown));
  }
}

/** The kind of agent that is to be started. Throws `invalid_input` with those that can be. */
function startable(ctx: Ctx, kind: string | undefined): StartableAgent {
  if (kind === undefined) return ctx.agents.standard;
  const agent = ctx.agents.all.find((known) => known.kind === kind);
  if (agent !== undefined && agent.launch !== null) return { ...agent, launch: agent.launch };
  const kinds = ctx.agents.all.filter(({ launch }) => launch !== null).map((known) => known.kind);
  throw new ConveyorError("invalid_input", `there is no agent ${JSON.stringify(kind)} that can be started`, {
    hint: `choose one of: ${kinds.join(", ")}`,
    details: { field: "agent" },
  });
}

/** The task with its criteria and checks; all or nothing. */
async function prepare(
  ctx: Ctx,
  tx: WriteTx,
  input: RunInput,
  names: RunNames,
  commands: readonly CommandText[],
): Promise<Prepared> {
  await assertNamesFree(ctx, tx, names);
  const goal = input.goal ?? "Started with `conveyor run`; its prompt is in the worker's own record.";
  const task = await insertTask(ctx, tx, { name: names.task, goal, summary: null });
  const criteria: number[] = [];
  for (const [index, command] of commands.entries()) {
    const { criterion } = await insertCriterion(tx, {
      task_id: task.id,
      criterion: `\`${input.check[index]}\` succeeds`,
      source: "user_requested",
      status: "accepted",
    });
    await addCommandChecks(ctx, tx, { task_id: task.id, criterion_id: criterion.id, commands: [command] });
    criteria.push(criterion.id);
  }
  return { task: { id: task.id, name: task.name }, names, criteria };
}

/** The inbox of the person who manages, the binding, and the run; in one transaction. */
async function tie(
  ctx: Ctx,
  tx: WriteTx,
  { task, names, criteria }: Prepared,
  cwd: string,
): Promise<{ binding_id: string; run_id: string }> {
  await upsertSession(ctx, tx, {
    name: names.you,
    role: "manager",
    agent_kind: ctx.agents.standard.kind,
    origin: "registered",
    liveness: "none",
    pid: null,
    pid_started_at: null,
    cwd,
    codex_session_path: null,
    codex_session_id: null,
    tmux_session: null,
    tmux_pane_id: null,
    via: "run",
  });
  const { binding_id } = await bindWithin(ctx, tx, { task: task.id, worker: names.worker, manager: names.you });
  const made = await insertRun(ctx, tx, {
    task,
    name: `${task.id}-run`,
    purpose: "run",
    status: "active",
    source: "run",
    metadata: { binding_id, manager: names.you, worker: names.worker, criteria, source: "run" },
  });
  return { binding_id, run_id: made.id };
}

function nextCommands({ settings }: Ctx, { task, names, criteria }: Prepared, worker: StartedSession): string[] {
  return [
    attachCommand(worker.tmux_session),
    commandLine(settings, ["logs", names.worker], { include_content: true }),
    ...(criteria.length === 0 ? [] : [commandLine(settings, ["verify", task.name])]),
    commandLine(settings, ["finish-task", task.name], { stop_worker: true }),
  ];
}

/** What went wrong, what stands anyway, and how to clean up. Keeps the code. */
function brokenRun(
  { settings }: Ctx,
  { task, names }: Prepared,
  worker: StartedSession | null,
  error: ConveyorError,
): ConveyorError {
  const stands = [
    `task ${task.name}`,
    ...(worker === null ? [] : [`worker ${names.worker} in ${worker.tmux_session}`]),
  ];
  const cleanup = commandLine(settings, ["stop-task", task.name], { stop_worker: worker !== null });
  return new ConveyorError(error.code, `${error.message}; this stands: ${stands.join(", ")}`, {
    hint: [ownHint(error), `to clean up: ${cleanup}`].filter((hint) => hint !== undefined).join("; "),
    details: { ...error.details, standing: { task: task.name, worker: worker?.name ?? null } },
    cause: error,
  });
}
