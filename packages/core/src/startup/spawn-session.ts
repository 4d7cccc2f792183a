import type { Role, StartedSession, StartupNote } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { attachCommand, killCommand } from "@conveyor/contracts/terminal-commands";
import {
  markedPrompt,
  type RecordMeta,
  type StartableAgent,
  type StartedAgent,
  type StartedPane,
} from "@conveyor/host";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { communicationOf } from "../sessions/communication.ts";
import { livenessOf } from "../sessions/register.ts";
import { upsertSession } from "../sessions/upsert-session.ts";
import { recordsOf } from "../shared/agent-records.ts";
import { commandLine } from "../shared/command-line.ts";
import { crashPoint } from "../shared/crash-hook.ts";
import { beginCommand, type CommandIdentity, endCommand } from "../shared/immediate-command.ts";
import { recordColumnsOf, recordHolders } from "../shared/recorded.ts";
import { starterOf } from "../shared/starter.ts";
import { tmuxSessionOf } from "../shared/terminal-name.ts";
import { textSize } from "../shared/text-size.ts";
import { agentEnvironment } from "./agent-environment.ts";
import { assertNameFree, type Machine, tmuxSessionTaken } from "./preflight.ts";
import { PaneWatch } from "./watch-pane.ts";

const LOOK_EVERY_MS = 500;
/** A start that takes longer says what it waits for. */
const TELL_AFTER_MS = 3_000;

export interface SpawnRequest {
  role: Role;
  name: string;
  /** Content. */
  prompt: string;
  via: "start-worker" | "start-manager" | "pair" | "run";
  task_id?: string | undefined;
  sandbox?: string | undefined;
  ask_for_approval?: string | undefined;
  profile?: string | undefined;
  accept_trust: boolean;
  timeout_seconds: number;
}

/**
 * Start an agent in tmux, wait until its rollout is found, and register it (spec 01 §5.3 steps 3 to 7). The intent is
 * committed before tmux is asked and the outcome after, so a crash in between stays visible as a `start_session` command
 * that was attempted. `onRegistered` runs in the transaction that registers.
 *
 * Throws `conflict`, `timeout` (the terminal goes on running), `side_effect_failed` (the agent ended), `interrupted`.
 */
export async function spawnSession(
  ctx: Ctx,
  machine: Machine,
  request: SpawnRequest,
  onRegistered: (tx: WriteTx, started: StartedSession) => void = () => {},
): Promise<StartedSession> {
  const token = ctx.host.ids.next("start").slice("start-".length);
  const { agent } = machine;
  const argv = await agent.launch.argv(
    {
      command: [machine.program],
      prompt: markedPrompt(request.prompt, token),
      sandbox: request.sandbox,
      ask_for_approval: request.ask_for_approval,
      profile: request.profile,
    },
    { env: ctx.host.env, state_root: ctx.settings.state_root, signal: ctx.signal },
  );
  const tmux_session = tmuxSessionOf(agent, request.name);
  const command = await ctx.store.write((tx) => recordIntent(ctx, tx, machine, request));
  const not_before = ctx.host.clock.now();
  let pane: StartedPane | undefined;
  try {
    pane = await startTerminal(ctx, agent, { session: tmux_session, cwd: machine.cwd, argv });
    crashPoint(ctx, "session_started");
    const found = await waitForRollout(ctx, agent, request, pane, {
      pid: pane.pid,
      cwd: machine.cwd,
      token,
      not_before,
    });
    return await register(
      ctx,
      request,
      { command, agent, pane, cwd: machine.cwd, started_at: not_before.toISOString(), ...found },
      onRegistered,
    );
  } catch (thrown) {
    const error =
      pane === undefined ? asConveyorError(thrown) : withRecovery(ctx, agent, request, pane, asConveyorError(thrown));
    await ctx.store.write((tx) => endCommand(tx, command, failureOf(error, pane)));
    throw error;
  }
}

async function recordIntent(ctx: Ctx, tx: WriteTx, machine: Machine, request: SpawnRequest): Promise<CommandIdentity> {
  const { role, name, via, prompt, accept_trust, timeout_seconds } = request;
  await assertNameFree(ctx, tx, { name, role });
  return beginCommand(ctx, tx, {
    type: "start_session",
    task_id: request.task_id ?? null,
    payload: {
      accept_trust,
      cwd: machine.cwd,
      name,
      prompt_bytes: textSize(prompt).bytes,
      role,
      ...starterOf(ctx),
      timeout_seconds,
      tmux_session: tmuxSessionOf(machine.agent, name),
      via,
    },
  });
}

/** Start the terminal. Of two that start one name at once, tmux lets only one have the session. */
export async function startTerminal(
  ctx: Ctx,
  agent: StartableAgent,
  wanted: { session: string; cwd: string; argv: readonly string[] },
): Promise<StartedPane> {
  try {
    return await ctx.host.tmux.start({ ...wanted, env: agentEnvironment(ctx, agent) });
  } catch (thrown) {
    const taken = thrown instanceof ConveyorError && thrown.code === "conflict";
    throw taken ? await tmuxSessionTaken(ctx, wanted.session, thrown) : thrown;
  }
}

interface Found {
  rollout: RecordMeta;
  trust_accepted: boolean;
}

/** Which of these records active sessions have. */
function heldBySessions(ctx: Ctx, paths: readonly string[]): Promise<ReadonlySet<string>> {
  return ctx.store.read(async (tx) => {
    const holders = await recordHolders(tx, { active: true });
    return new Set(paths.filter((path) => holders.has(path)));
  });
}

async function waitForRollout(
  ctx: Ctx,
  agent: StartableAgent,
  request: SpawnRequest,
  pane: StartedPane,
  started: StartedAgent,
): Promise<Found> {
  const { clock } = ctx.host;
  const records = recordsOf(ctx.agents, { agent_kind: agent.kind, name: request.name });
  const watch = new PaneWatch(ctx, agent, pane, request);
  const began = clock.monotonic_ms();
  const deadline = began + request.timeout_seconds * 1000;
  let told: string | undefined;
  for (;;) {
    const look = await records.ofStart(ctx.host, started, (paths) => heldBySessions(ctx, paths));
    if (look.record !== null) return { rollout: look.record, trust_accepted: watch.pressed > 0 };
    const seen = await watch.look();
    if (seen.ended) {
      throw new ConveyorError(
        "side_effect_failed",
        `${agent.launch.program} ended in ${pane.session} before it wrote a rollout`,
        {
          details: { tmux_session: pane.session },
        },
      );
    }
    const left = deadline - clock.monotonic_ms();
    const reason = seen.reason === null ? look.reason : `${look.reason}; ${seen.reason}`;
    if (clock.monotonic_ms() - began >= TELL_AFTER_MS && reason !== told) {
      told = reason;
      ctx.onProgress?.(waitingNote(request, pane, reason));
    }
    if (left <= 0) {
      throw new ConveyorError(
        "timeout",
        `no rollout of ${request.role} ${request.name} within ${request.timeout_seconds} s, in tmux session ${pane.session}: ${reason}`,
        { details: { tmux_session: pane.session, reason } },
      );
    }
    await clock.sleep(Math.min(LOOK_EVERY_MS, left), ctx.signal);
  }
}

function waitingNote({ role, name }: SpawnRequest, { session }: StartedPane, reason: string): StartupNote {
  return { kind: "waiting", role, name, reason, tmux_session: session, attach_command: attachCommand(session) };
}

async function register(
  ctx: Ctx,
  request: SpawnRequest,
  facts: Found & {
    command: CommandIdentity;
    agent: StartableAgent;
    pane: StartedPane;
    cwd: string;
    started_at: string;
  },
  onRegistered: (tx: WriteTx, started: StartedSession) => void,
): Promise<StartedSession> {
  const { name, role, via } = request;
  const { command, agent, pane, rollout } = facts;
  const place = { record_path: rollout.path, thread_id: rollout.thread_id };
  const pid_started_at = await ctx.host.processes.startTime(pane.pid);
  return ctx.store.write(async (tx) => {
    // Somebody may have registered the name by hand meanwhile.
    await assertNameFree(ctx, tx, { name, role });
    const { session, binding } = await upsertSession(ctx, tx, {
      name,
      role,
      agent_kind: agent.kind,
      origin: "spawned",
      liveness: livenessOf({ tmux_session: pane.session, pid: pane.pid, pid_alive: true }),
      pid: pane.pid,
      pid_started_at,
      cwd: rollout.cwd ?? facts.cwd,
      ...recordColumnsOf(place),
      codex_home: agent.home ?? undefined,
      tmux_session: pane.session,
      tmux_pane_id: pane.pane_id,
      tmux_socket: pane.socket_path,
      started_at: facts.started_at,
      via,
    });
    const started: StartedSession = {
      session_id: session.id,
      name,
      role,
      pid: pane.pid,
      ...recordColumnsOf(place),
      cwd: session.cwd,
      tmux_session: pane.session,
      ...agent.launch.rights(request),
      communication: communicationOf(ctx.settings, session, binding?.task.name),
    };
    const { session_id, pid } = started;
    await endCommand(tx, command, {
      state: "succeeded",
      result: { session_id, pid, ...recordColumnsOf(place), trust_accepted: facts.trust_accepted, via },
    });
    onRegistered(tx, started);
    return started;
  });
}

function failureOf(error: ConveyorError, pane: StartedPane | undefined) {
  return {
    state: "failed" as const,
    result: { error_code: error.code, terminal_started: pane !== undefined, pid: pane?.pid ?? null },
    error: error.message,
  };
}

/** What stands after a start that did not succeed, and how to go on from there (spec 01 §5.3 step 7). */
function withRecovery(
  ctx: Ctx,
  agent: StartableAgent,
  request: SpawnRequest,
  pane: StartedPane,
  error: ConveyorError,
): ConveyorError {
  const kill_command = killCommand(pane.session);
  const attach_command = attachCommand(pane.session);
  const register_command = commandLine(ctx.settings, [`register-${request.role}`], {
    name: request.name,
    pid: pane.pid,
    tmux_session: pane.session,
  });
  const ended = error.code === "side_effect_failed";
  const hint = ended
    ? `start ${agent.launch.program} by hand in that folder to see what it says`
    : `the terminal goes on running: look into it with ${attach_command}, give it a prompt, then ${register_command}; or end it with ${kill_command}`;
  return new ConveyorError(error.code, error.message, {
    hint,
    details: {
      ...error.details,
      tmux_session: pane.session,
      pid: pane.pid,
      ...(!ended && { attach_command, register_command, kill_command }),
    },
    cause: error,
  });
}
