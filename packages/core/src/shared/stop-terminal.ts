import { ConveyorError } from "@conveyor/contracts/errors";
import { agentOfKind, judgePush, judgeSubmit, type Screen } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import type { Party } from "./party.ts";

const NOT_RUNNING: ReadonlySet<string> = new Set(["tmux_no_server", "tmux_session_missing", "tmux_pane_missing"]);

/** Whether the error only says that there is no such terminal any more. */
export function saysNotRunning(thrown: unknown): boolean {
  return thrown instanceof ConveyorError && NOT_RUNNING.has(thrown.code);
}

/** End a tmux session of exactly this name. False when it was gone already. Throws the codes of tmux. */
export async function killIfRunning({ host }: HostCtx, session: string): Promise<boolean> {
  try {
    await host.tmux.kill(session);
    return true;
  } catch (thrown) {
    if (saysNotRunning(thrown)) return false;
    throw thrown;
  }
}

/**
 * Type a last message into a terminal that is about to be stopped, after looking at it. False when the pane shows a
 * prompt or is gone: it is stopped all the same, and nothing is typed into a dialog. Throws the other codes of tmux.
 */
export async function sayFarewell(ctx: HostCtx, party: Party, message: string): Promise<boolean> {
  if (party.tmux_session === null) return false;
  const agent = agentOfKind(party.agent_kind);
  const { pane } = agent;
  const text = pane.messageText(message);
  const judge = (screen: Screen) => judgePush(pane.readiness(screen), message === "" ? "enter" : "text");
  try {
    await ctx.host.tmux.pushText({
      target: { session: party.tmux_session, pane_id: party.tmux_pane_id },
      text,
      ready: judge,
      readyToSubmit: (screen) => judgeSubmit(agent, screen, text),
      confirm: (screen) => pane.composerIsEmpty(screen) !== false,
      signal: ctx.signal,
    });
    return true;
  } catch (thrown) {
    if (saysNotRunning(thrown) || (thrown instanceof ConveyorError && thrown.code === "pane_not_ready")) return false;
    throw thrown;
  }
}

/** The tmux session that this very process runs in; null outside tmux, or where tmux does not tell. */
export async function ownTerminal({ host }: HostCtx): Promise<string | null> {
  const own = await host.tmux.currentSession().catch(() => null);
  return own?.session ?? null;
}

/**
 * End the terminal that this process runs in, as the last thing it does: everything must be stored before, and the
 * hang-up that follows is ignored so that the answer can still be written.
 */
export async function killOwnTerminal(ctx: HostCtx, session: string): Promise<void> {
  process.on("SIGHUP", () => {});
  await killIfRunning(ctx, session);
}
