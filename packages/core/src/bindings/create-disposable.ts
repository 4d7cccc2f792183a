import { join } from "node:path";
import type { Output, Role, Run, Session } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { ReadTx, WriteTx } from "@conveyor/store";
import { promptText } from "../autonomy/prompts.ts";
import { heartbeatRecommendations } from "../autonomy/recommendations.ts";
import type { Ctx } from "../ctx.ts";
import { insertRun } from "../loops/insert-run.ts";
import { isSha256, planLoopPolicy, policyRunName } from "../loops/plan-policy.ts";
import { findTemplate } from "../loops/template-list.ts";
import type { LoopTemplate } from "../loops/templates.ts";
import { communicationOf } from "../sessions/communication.ts";
import { livenessOf } from "../sessions/register.ts";
import { upsertSession } from "../sessions/upsert-session.ts";
import { recordsOf } from "../shared/agent-records.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { findOpenTask } from "../shared/find-task.ts";
import { recordColumnsOf, recordHolders } from "../shared/recorded.ts";
import { liveBindingOf, liveBindingOfSession } from "../shared/references.ts";
import { insertTask } from "../tasks/create.ts";
import { bindWithin } from "./bind.ts";
import { type DisposableInput, replayCommands } from "./disposable/commands.ts";
import { type DisposableRollout, placeRollout, writeRollout } from "./disposable/rollout-file.ts";

type Answer = Output<"bindings.createDisposable">;

const SOURCE = "create-disposable-binding";
const DEFAULT_GOAL = "Supervise visible app sessions through Conveyor.";
const NAME_LIMIT = 128;

/** Names and policy that are in effect, everything that can be refused without the ledger already refused. */
interface Plan {
  names: Record<Role, string>;
  session_dir: string;
  policy: Record<string, unknown> | null;
  warnings: string[];
}

/**
 * Bind two sessions that have no terminal to a task, and record a loop policy if one is asked for: all in one transaction
 * (spec 01 §6.11). Throws `invalid_input` (names, gates, iteration bounds), `terminal_state`, and `conflict` when the task
 * or a session is bound, a session is alive otherwise, or a name has the other role.
 */
export async function createDisposable(ctx: Ctx, input: DisposableInput): Promise<Answer> {
  const template = input.template === undefined ? undefined : await findTemplate(ctx.store, input.template, "template");
  const plan = planOf(ctx, input, template);
  return ctx.store.write(async (tx) => {
    const found = findOpenTask(tx, input.task);
    if (found !== null) await assertUnbound(ctx, tx, found);
    for (const role of ["worker", "manager"] as const) await assertUsable(ctx, tx, plan.names[role], role);
    const task =
      found ??
      (await insertTask(ctx, tx, {
        name: input.task,
        goal: input.goal ?? DEFAULT_GOAL,
        summary: input.summary ?? null,
      }));
    const worker = await register(ctx, tx, input, plan, "worker");
    const manager = await register(ctx, tx, input, plan, "manager");
    const { binding_id } = await bindWithin(ctx, tx, { task: task.id, worker: worker.name, manager: manager.name });
    const run = plan.policy && (await insertPolicy(ctx, tx, input, task, plan.policy));
    tx.tell("disposable_binding_created", {
      task_id: task.id,
      attributes: { binding_id, manager: manager.name, worker: worker.name, run: run?.id ?? null },
      summary: `app threads of task ${task.name} bound`,
      correlation: { binding_id, worker_session_id: worker.id, manager_session_id: manager.id },
    });
    return answer(ctx, { input, plan, task, created: found === null, worker, manager, binding_id, run });
  });
}

function planOf(ctx: Ctx, input: DisposableInput, template: LoopTemplate | undefined): Plan {
  const names = { worker: input.worker ?? `${input.task}-worker`, manager: input.manager ?? `${input.task}-manager` };
  if (names.worker === names.manager) {
    throw invalid("worker", `worker and manager cannot both be called ${JSON.stringify(names.worker)}`);
  }
  const { worker_codex_app_thread_id: worker_thread, manager_codex_app_thread_id: manager_thread } = input;
  if (worker_thread !== undefined && worker_thread === manager_thread) {
    throw invalid(
      "worker_codex_app_thread_id",
      `worker and manager cannot both live in the thread ${JSON.stringify(worker_thread)}`,
    );
  }
  for (const [role, name] of Object.entries(names)) {
    if (name.length > NAME_LIMIT) {
      throw invalid(
        role,
        `the ${role}'s name would have more than ${NAME_LIMIT} characters: pass a shorter one with --${role}`,
      );
    }
  }
  const { seed_prompt_sha256 } = input;
  const isDoubtful = seed_prompt_sha256 !== undefined && !isSha256(seed_prompt_sha256);
  return {
    names,
    session_dir: input.session_dir ?? join(ctx.settings.ledger_path, "..", "disposable-sessions"),
    policy: planLoopPolicy({ ...input, template, source: SOURCE }),
    warnings: isDoubtful ? ["seed_prompt_sha256_is_no_sha256"] : [],
  };
}

async function assertUnbound(ctx: Ctx, tx: ReadTx, task: { id: string; name: string }): Promise<void> {
  const binding = await liveBindingOf(tx, task.id);
  if (binding === null) return;
  throw new ConveyorError("conflict", `task ${JSON.stringify(task.name)} is already bound (${binding.id})`, {
    hint: `end that binding first: ${commandLine(ctx.settings, ["unbind"], { task: task.id })}`,
    details: { kind: "binding", binding_id: binding.id, task_id: task.id },
  });
}

/** A session of this name is taken over only when it was made here, or is gone: a real agent must not lose its rollout. */
async function assertUsable(ctx: Ctx, tx: ReadTx, name: string, role: Role): Promise<void> {
  const session = await tx.db.sessions.findUnique({ where: { name } });
  if (session === null) return;
  const details = { kind: "session", id: session.id, name, role: session.role };
  if (session.role !== role) {
    throw new ConveyorError("conflict", `${JSON.stringify(name)} is already registered as a ${session.role}`, {
      hint: `choose another name with --${role}: a session never changes its role`,
      details,
    });
  }
  const binding = await liveBindingOfSession(tx, session.id);
  if (binding !== null) {
    throw new ConveyorError(
      "conflict",
      `${role} ${JSON.stringify(name)} is already bound to task ${JSON.stringify(binding.task.name)}`,
      {
        hint: `end that binding first: ${commandLine(ctx.settings, ["unbind"], { task: binding.task_id })}`,
        details: { ...details, binding_id: binding.id },
      },
    );
  }
  if (session.state === "active" && session.origin !== "disposable") {
    const bind = commandLine(ctx.settings, ["bind"], {
      task: slot("task"),
      worker: slot("worker"),
      manager: slot("manager"),
    });
    throw new ConveyorError(
      "conflict",
      `${role} ${JSON.stringify(name)} is an active session with a rollout of its own`,
      {
        hint: `choose another name with --${role}, or bind that session as it is: ${bind}`,
        details,
      },
    );
  }
}

interface Registered extends Pick<Session, "id" | "name" | "codex_app_thread_id" | "codex_app_thread_title"> {
  session: Session;
  rollout: DisposableRollout;
}

async function register(ctx: Ctx, tx: WriteTx, input: DisposableInput, plan: Plan, role: Role): Promise<Registered> {
  const name = plan.names[role];
  const taken = new Set((await recordHolders(tx, { but: name, active: false })).keys());
  const agent = ctx.agents.standard;
  const rollout = placeRollout(agent, plan.session_dir, name, taken);
  writeRollout(recordsOf(ctx.agents, { agent_kind: agent.kind, name }), rollout, { cwd: input.cwd, now: tx.now });
  const isWorker = role === "worker";
  const { session } = await upsertSession(ctx, tx, {
    name,
    role,
    agent_kind: agent.kind,
    origin: "disposable",
    // The process that runs this command is nobody's session.
    liveness: livenessOf({ tmux_session: null, pid: null, pid_alive: false }),
    pid: null,
    pid_started_at: null,
    cwd: input.cwd,
    ...recordColumnsOf({ record_path: rollout.path, thread_id: rollout.thread_id }),
    tmux_session: null,
    tmux_pane_id: null,
    codex_app_thread_id: isWorker ? input.worker_codex_app_thread_id : input.manager_codex_app_thread_id,
    codex_app_thread_title: isWorker ? input.worker_codex_app_thread_title : input.manager_codex_app_thread_title,
    via: SOURCE,
  });
  const { id, codex_app_thread_id, codex_app_thread_title } = session;
  return { id, name, codex_app_thread_id, codex_app_thread_title, session, rollout };
}

function insertPolicy(
  ctx: Ctx,
  tx: WriteTx,
  input: DisposableInput,
  task: { id: string; name: string },
  metadata: Record<string, unknown>,
): Promise<Run> {
  return insertRun(ctx, tx, {
    task,
    name: input.run_name ?? policyRunName(task.name, tx.now),
    purpose: "ralph_loop",
    status: "finished",
    metadata,
    source: SOURCE,
  });
}

interface Outcome {
  input: DisposableInput;
  plan: Plan;
  task: { id: string; name: string; goal: string };
  created: boolean;
  worker: Registered;
  manager: Registered;
  binding_id: string;
  run: Run | null;
}

function answer({ settings }: Ctx, outcome: Outcome): Answer {
  const { input, plan, task, worker, manager, run } = outcome;
  const iterations = run?.metadata as { current_iteration: number; max_iterations: number } | undefined;
  const runFacts = run && iterations ? { name: run.name, ...pick(iterations) } : null;
  const facts = { task: task.name, worker: worker.name, manager: manager.name, run: runFacts, dispatcher_id: null };
  const effective = { ...input, ...plan.names, task: task.name, goal: task.goal };
  const shown = ({ id, name, session, rollout, ...thread }: Registered) => ({
    id,
    name,
    rollout_path: rollout.path,
    tmux_session: null,
    ...thread,
    communication: communicationOf(settings, session, task.name),
  });
  return {
    task: { id: task.id, name: task.name, state: "managed", created: outcome.created },
    binding: { id: outcome.binding_id },
    db_path: settings.ledger_path,
    worker: shown(worker),
    manager: shown(manager),
    run,
    replay_commands: replayCommands(settings, effective, runFacts),
    heartbeat_recommendations: heartbeatRecommendations(settings, facts),
    worker_handoff: promptText("worker_handoff", settings, facts),
    warnings: plan.warnings,
  };
}

function pick({ current_iteration, max_iterations }: { current_iteration: number; max_iterations: number }) {
  return { current_iteration, max_iterations };
}

function invalid(field: string, message: string): ConveyorError {
  return new ConveyorError("invalid_input", message, { details: { field } });
}
