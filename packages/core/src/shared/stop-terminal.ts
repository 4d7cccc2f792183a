import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx, HostCtx } from "../ctx.ts";
import type { Party } from "./party.ts";
import { authorOfCaller } from "./typing/caller.ts";
import { typeText, typingTarget } from "./typing/index.ts";

const NOT_RUNNING: ReadonlySet<string> = new Set(["tmux_no_server", "tmux_session_missing", "tmux_pane_missing"]);

/** Whether the error only says that there is no such terminal any more. */
export function saysNotRunning(thrown: unknown): boolean {
  return thrown instanceof ConveyorError && NOT_RUNNING.has(thrown.code);
}

/** End a tmux session of exactly this name on the server that it was recorded on; null is our own. False when it was gone already. Throws the codes of tmux. */
export async function killIfRunning({ host }: HostCtx, session: string, socket: string | null): Promise<boolean> {
  try {
    await host.tmux.kill(session, socket);
    return true;
  } catch (thrown) {
    if (saysNotRunning(thrown)) return false;
    throw thrown;
  }
}

/** Why nothing was typed into a terminal that is to be stopped anyway: it asks something, holds a draft, or nobody is in it. */
const NOT_HEARD: ReadonlySet<string> = new Set([
  ...["pane_not_ready", "composer_not_empty", "pane_busy", "pane_synchronized", "agent_gone"],
]);

/**
 * Type a last message into a terminal that is about to be stopped, after looking at it. False when the pane is not ready
 * for text or its agent is gone: it is stopped anyway, and nothing is typed into a dialog. Throws the other codes
 * of tmux.
 */
export async function sayFarewell(ctx: Ctx, party: Party, message: string): Promise<boolean> {
  if (party.tmux_session === null) return false;
  try {
    await typeText(ctx, {
      agent: ctx.agents.of(party.agent_kind),
      target: typingTarget(ctx.agents, party),
      rollout_path: party.record_path,
      author: await authorOfCaller(ctx),
      text: message,
      signal: ctx.signal,
    });
    return true;
  } catch (thrown) {
    if (saysNotRunning(thrown) || (thrown instanceof ConveyorError && NOT_HEARD.has(thrown.code))) return false;
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
  await killIfRunning(ctx, session, null);
}
