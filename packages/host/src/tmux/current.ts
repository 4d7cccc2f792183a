import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { TmuxClient } from "./client.ts";
import { listPanes } from "./panes.ts";

/**
 * See `Tmux.currentSession`. Asking a server for "the current session" names a stranger's when we are not inside, so
 * only what tmux put into our own environment counts (spec 01 §6.17).
 */
export async function currentSession(client: TmuxClient): Promise<{ session: string; pane_id: string } | null> {
  const pane_id = client.env["TMUX_PANE"];
  const socket = socketOfEnvironment(client);
  if (!pane_id || !socket || !(await isOurServer(client, socket))) return null;
  const pane = (await listPanes(client)).find((one) => one.pane_id === pane_id);
  return pane ? { session: pane.session, pane_id } : null;
}

/** `TMUX` is "socket,server pid,session number"; the path itself may contain commas. */
function socketOfEnvironment(client: TmuxClient): string | undefined {
  return /^(.+),\d+,\d+$/.exec(client.env["TMUX"] ?? "")?.[1];
}

async function isOurServer(client: TmuxClient, socket: string): Promise<boolean> {
  const { socket_path, socket_name } = client.options;
  if (socket_path !== undefined) return (await resolved(socket_path)) === (await resolved(socket));
  if (socket_name !== undefined) return basename(socket) === socket_name;
  return true;
}

async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
