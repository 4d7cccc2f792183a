import { shellQuote } from "./shell-quote.ts";

/** How a person ends a tmux session of exactly this name. */
export function killCommand(tmux_session: string): string {
  return `tmux kill-session -t ${shellQuote(`=${tmux_session}`)}`;
}

/** How a person looks into a tmux session of exactly this name, on the server of this socket if it is known. */
export function attachCommand(tmux_session: string, tmux_socket: string | null = null): string {
  const server = tmux_socket === null ? "" : ` -S ${shellQuote(tmux_socket)}`;
  return `tmux${server} attach -t ${shellQuote(`=${tmux_session}`)}`;
}
