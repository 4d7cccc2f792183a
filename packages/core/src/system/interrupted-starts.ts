import type { DriftReport, Role } from "@conveyor/contracts";
import { attachCommand, killCommand } from "@conveyor/contracts/terminal-commands";
import type { Pane } from "@conveyor/host";
import type { lookups, WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { type CommandIdentity, endCommand } from "../shared/immediate-command.ts";
import { isStarterDead, type Starter } from "../shared/starter.ts";

/** How much longer than its own time limit a start may take before nobody can be at it any more, in seconds. */
const START_DEAD_AFTER_SECONDS = 300;
const MOST_STARTS = 100;

export type InterruptedStart = DriftReport["interrupted_starts"][number] & { command: CommandIdentity };

/** What a start records of itself (spec 01 §5.3). */
interface StartPayload extends Partial<Starter> {
  name?: string;
  role?: Role;
  timeout_seconds?: number;
  tmux_session?: string;
  via?: string;
}

/**
 * Starts of sessions and of Dispatch that were begun and whose process died before it could say how they went. What they
 * started may run, unknown to the ledger; the answer says how to keep or to end it. Where tmux may not be asked, whether a
 * terminal runs is unknown. Changes nothing.
 */
export async function interruptedStarts(
  ctx: Ctx,
  sessions: readonly lookups.SessionRow[],
  panes: readonly Pane[] | null,
): Promise<InterruptedStart[]> {
  const commands = await ctx.store.read((tx) =>
    tx.db.commands.findMany({
      where: { type: { in: ["start_session", "start_dispatch"] }, state: "attempted" },
      orderBy: { seq: "asc" },
      take: MOST_STARTS,
      select: { id: true, type: true, task_id: true, correlation_id: true, created_at: true, payload_json: true },
    }),
  );
  const now = ctx.host.clock.now();
  const starts: InterruptedStart[] = [];
  for (const { created_at, payload_json, ...command } of commands) {
    const payload = JSON.parse(payload_json) as StartPayload;
    const age_seconds = Math.max(0, (now.getTime() - Date.parse(created_at)) / 1000);
    const limit = (payload.timeout_seconds ?? 0) + START_DEAD_AFTER_SECONDS;
    if (age_seconds < limit && !(await isStarterDead(ctx, payload))) continue;
    starts.push({
      command_id: command.id,
      command_type: command.type as InterruptedStart["command_type"],
      via: payload.via ?? null,
      role: payload.role ?? null,
      name: payload.name ?? null,
      tmux_session: payload.tmux_session ?? null,
      age_seconds,
      ...terminalOf(ctx, payload, sessions, panes),
      command,
    });
  }
  return starts;
}

type Terminal = Pick<
  InterruptedStart,
  "terminal" | "pid" | "registered" | "attach_command" | "register_command" | "kill_command"
>;

function terminalOf(
  ctx: Ctx,
  { tmux_session, role, name }: StartPayload,
  sessions: readonly lookups.SessionRow[],
  panes: readonly Pane[] | null,
): Terminal {
  const none = { pid: null, registered: false, attach_command: null, register_command: null, kill_command: null };
  if (tmux_session === undefined) return { terminal: null, ...none };
  const registered = sessions.some((session) => session.tmux_session === tmux_session);
  if (panes === null) return { terminal: "unknown", ...none, registered };
  const pane = panes.find(({ session }) => session === tmux_session);
  if (pane === undefined) return { terminal: "gone", ...none, registered };
  const { pid } = pane;
  if (registered) return { terminal: "running", ...none, pid, registered };
  return {
    terminal: "running",
    pid,
    registered,
    attach_command: attachCommand(tmux_session),
    register_command:
      role === undefined || name === undefined
        ? null
        : commandLine(ctx.settings, [`register-${role}`], { name, pid, tmux_session }),
    kill_command: killCommand(tmux_session),
  };
}

/** Record that the start failed; false when somebody else has ended its command meanwhile. */
export async function settleStart(tx: WriteTx, start: InterruptedStart): Promise<boolean> {
  const { command, name, role, terminal, tmux_session, pid, register_command, kill_command } = start;
  const open = await tx.db.commands.count({ where: { id: command.id, state: "attempted" } });
  if (open === 0) return false;
  const facts = { name, role, terminal, tmux_session, pid };
  const error = "the process that carried this start out died in the middle";
  const result = { error_code: "interrupted", ...facts, register_command, kill_command };
  await endCommand(tx, command, { state: "failed", result, error });
  tx.tell("start_settled_by_reconcile", {
    task_id: command.task_id,
    command_id: command.id,
    attributes: { command_type: command.type, ...facts },
    summary: `a ${command.type} that had broken off was recorded as failed`,
    correlation: { command_id: command.id },
  });
  return true;
}
