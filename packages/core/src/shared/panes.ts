import { ConveyorError } from "@conveyor/contracts/errors";
import type { Pane } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/**
 * All panes of a tmux server, by default of the one that we speak to, or null when it may not be asked here: then nothing
 * is known about its terminals.
 */
export async function panesOrNull(ctx: HostCtx, socket_path: string | null = null): Promise<Pane[] | null> {
  try {
    return await ctx.host.tmux.listPanes(socket_path);
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return null;
    throw thrown;
  }
}

/** Panes by the socket of their server; null where a server may not be asked. */
export type ServerPanes = ReadonlyMap<string | null, readonly Pane[] | null>;

/** The panes of every tmux server on which one of these sessions was recorded; each server is asked once. */
export async function panesOfServers(
  ctx: HostCtx,
  sessions: readonly { tmux_session: string | null; tmux_socket: string | null }[],
): Promise<ServerPanes> {
  const sockets = new Set(sessions.filter(({ tmux_session }) => tmux_session !== null).map((one) => one.tmux_socket));
  const asked = [...sockets].map(async (socket) => [socket, await panesOrNull(ctx, socket)] as const);
  return new Map(await Promise.all(asked));
}
