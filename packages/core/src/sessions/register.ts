import type { Input, Liveness, Output, RegistrationWarning, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type Agent, agentIn, type ProcessMark } from "@conveyor/host";
import type { Ctx, HostCtx } from "../ctx.ts";
import { recordsOf } from "../shared/agent-records.ts";
import { recordColumnsOf, recordHolders, recordPlaceOf } from "../shared/recorded.ts";
import { communicationOf } from "./communication.ts";
import { upsertSession } from "./upsert-session.ts";

/** Register a running session as a worker. See `registerSession`. */
export function registerWorker(
  ctx: Ctx,
  input: Input<"sessions.registerWorker">,
): Promise<Output<"sessions.registerWorker">> {
  return registerSession(ctx, "worker", input);
}

/** Register a running session as a manager. See `registerSession`. */
export function registerManager(
  ctx: Ctx,
  input: Input<"sessions.registerWorker">,
): Promise<Output<"sessions.registerWorker">> {
  return registerSession(ctx, "manager", input);
}

/**
 * Register a session that already runs, or again one of the same name and role: it keeps its id and token, and its
 * rollout will be read from the beginning (spec 01 §6.4). Throws `usage`, `conflict` (the name belongs to the other
 * role), `not_found`, `ambiguous` and `precondition_failed` about the rollout.
 */
async function registerSession(
  ctx: Ctx,
  role: Role,
  input: Input<"sessions.registerWorker">,
): Promise<Output<"sessions.registerWorker">> {
  if (input.pid === undefined && input.codex_session === undefined) {
    throw new ConveyorError("usage", `register-${role} needs --pid or --codex-session`, {
      hint: "pass the pid of the running agent, or the path of its rollout",
    });
  }
  const agent = await agentOf(ctx, input);
  const records = recordsOf(ctx.agents, { agent_kind: agent.kind, name: input.name });
  const holders = await ctx.store.read((tx) => recordHolders(tx, { but: input.name, active: true }));
  const rollout =
    input.codex_session === undefined
      ? await records.ofProcess(ctx.host, {
          pid: input.pid as number,
          cwd: input.cwd,
          tmux_session: input.tmux_session,
          claimed: new Set(holders.keys()),
        })
      : records.meta(input.codex_session);
  const process = await lookAtProcess(ctx, input.pid ?? null);
  const terminal = await lookAtTmux(ctx, agent, input.tmux_session ?? null, input.pid ?? null);
  const cwd = input.cwd ?? rollout.cwd ?? process.cwd;
  if (cwd === null) {
    throw new ConveyorError(
      "invalid_input",
      `the rollout ${rollout.path} does not say in which folder its agent works`,
      {
        hint: "pass it with --cwd",
        details: { path: rollout.path },
      },
    );
  }
  const rollout_also_registered_by = holders.get(rollout.path) ?? [];
  const warnings: RegistrationWarning[] = [...terminal.warnings, ...process.warnings];
  if (rollout_also_registered_by.length > 0) warnings.push("rollout_already_registered");

  return ctx.store.write(async (tx) => {
    const { session, binding } = await upsertSession(ctx, tx, {
      name: input.name,
      role,
      agent_kind: agent.kind,
      origin: "registered",
      liveness: livenessOf({
        tmux_session: input.tmux_session ?? null,
        pid: input.pid ?? null,
        pid_alive: process.alive,
      }),
      pid: input.pid ?? null,
      pid_started_at: process.started_at,
      cwd,
      ...recordColumnsOf({ record_path: rollout.path, thread_id: rollout.thread_id }),
      tmux_session: input.tmux_session ?? null,
      tmux_pane_id: terminal.pane_id,
      tmux_socket: terminal.socket,
      terminal_process: terminal.process,
      codex_app_thread_id: input.codex_app_thread_id,
      codex_app_thread_title: input.codex_app_thread_title,
    });
    return {
      session_id: session.id,
      name: session.name,
      role,
      pid: session.pid,
      ...recordColumnsOf(recordPlaceOf(session)),
      cwd: session.cwd,
      tmux_session: session.tmux_session,
      codex_app_thread_id: session.codex_app_thread_id,
      codex_app_thread_title: session.codex_app_thread_title,
      communication: communicationOf(ctx.settings, session, binding?.task.name),
      warnings,
      rollout_also_registered_by,
    };
  });
}

/** Of which kind the session is: by its record, else by its program. */
async function agentOf(
  { agents, host }: HostCtx,
  { codex_session, pid }: Input<"sessions.registerWorker">,
): Promise<Agent> {
  if (codex_session !== undefined) return agents.ofRecord(codex_session);
  const tree = pid === undefined ? [] : await host.processes.tree(pid);
  return agents.ofPrograms(tree.map(({ argv }) => argv));
}

/** How the life of a session can be told from now on (spec 01 §5.6). Pure. */
export function livenessOf(facts: { tmux_session: string | null; pid: number | null; pid_alive: boolean }): Liveness {
  if (facts.tmux_session !== null) return "tmux";
  if (facts.pid === null) return "heartbeat";
  return facts.pid_alive ? "pid" : "none";
}

interface ProcessFacts {
  alive: boolean;
  started_at: string | null;
  cwd: string | null;
  warnings: RegistrationWarning[];
}

async function lookAtProcess(ctx: HostCtx, pid: number | null): Promise<ProcessFacts> {
  const unknown = { alive: false, started_at: null, cwd: null };
  if (pid === null) return { ...unknown, warnings: [] };
  const { processes } = ctx.host;
  if (!(await processes.isAlive(pid))) return { ...unknown, warnings: ["pid_not_alive"] };
  const [started_at, cwd] = await Promise.all([processes.startTime(pid), processes.workingDirectory(pid)]);
  return { alive: true, started_at, cwd, warnings: [] };
}

interface TerminalFacts {
  pane_id: string | null;
  socket: string | null;
  process: ProcessMark | null;
  warnings: RegistrationWarning[];
}

/** The pane, its server, and who is in it: what is typed to the session later goes only there (ruling 2 of spec 00). */
async function lookAtTmux(
  ctx: HostCtx,
  { isProgram }: Agent,
  session: string | null,
  pid: number | null,
): Promise<TerminalFacts> {
  const unknown = { pane_id: null, socket: null, process: null };
  if (session === null) return { ...unknown, warnings: [] };
  const { tmux, processes } = ctx.host;
  try {
    const pane = await tmux.paneOf({ session });
    const socket = await tmux.socketPath();
    const tree = await processes.tree(pane.pid);
    const process = pid === null ? agentIn(tree, isProgram) : null;
    const isThere = pid === null ? process !== null : tree.some((one) => one.pid === pid);
    return { pane_id: pane.pane_id, socket, process, warnings: isThere ? [] : ["agent_not_in_terminal"] };
  } catch (thrown) {
    if (!(thrown instanceof ConveyorError)) throw thrown;
    // A sandboxed caller may register a session whose terminal it cannot see.
    const missing = ["tmux_session_missing", "tmux_pane_missing", "tmux_no_server"].includes(thrown.code);
    return { ...unknown, warnings: [missing ? "tmux_session_missing" : "tmux_not_checked"] };
  }
}
