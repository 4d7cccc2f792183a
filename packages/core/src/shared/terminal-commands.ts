import { shellQuote } from "@conveyor/contracts/shell-quote";

/** How a person ends a tmux session of exactly this name. */
export function killCommand(tmux_session: string): string {
  return `tmux kill-session -t ${shellQuote(`=${tmux_session}`)}`;
}

/** How a person looks into a tmux session of exactly this name. */
export function attachCommand(tmux_session: string): string {
  return `tmux attach -t ${shellQuote(`=${tmux_session}`)}`;
}
