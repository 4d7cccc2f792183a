import type { Answer } from "../command.ts";
import { lines } from "./text.ts";

/** What was started, and how to look at it. */
export function startedText(session: Answer<"startup.startWorker">): string {
  return lines(
    `started ${session.role} ${session.name} (${session.session_id}) in ${session.cwd}`,
    `pid ${session.pid}, rollout ${session.codex_session_path}`,
    `attach: tmux attach -t '=${session.tmux_session}'`,
  );
}
