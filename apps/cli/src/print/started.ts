import type { Output, StartupNote } from "@conveyor/contracts";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { lines } from "./text.ts";

type Started = Output<"startup.startWorker">;

/** What was started, and how to look at it. */
export function startedText(session: Started): string {
  return lines(
    `started ${session.role} ${session.name} (${session.session_id}) in ${session.cwd}`,
    `pid ${session.pid}, rollout ${session.codex_session_path}`,
    `attach: tmux attach -t ${shellQuote(`=${session.tmux_session}`)}`,
  );
}

/** What a start that takes long waits for, and where to look. */
export function startupNote(item: unknown): string {
  const { role, name, reason, attach_command } = item as StartupNote;
  return `still starting ${role} ${name}: ${reason}; look into its terminal with: ${attach_command}`;
}

/** With which rights agents were started, which nobody should have to look up. */
export async function rightsNote(...sessions: readonly Started[]): Promise<string> {
  const names = sessions.map(({ name }) => name).join(" and ");
  const { sandbox, ask_for_approval } = sessions[0] as Started;
  const work = sessions.length === 1 ? "works" : "work";
  const isFree = sandbox === "danger-full-access" && ask_for_approval === "never";
  const may = isFree ? ": whatever this account may, unasked" : "";
  const choose = `--sandbox and --ask-for-approval choose others${isFree ? "" : ", --codex-profile yolo full access"}`;
  return `note: ${names} ${work} with sandbox ${sandbox} and approval policy ${ask_for_approval}${may} (${choose})`;
}
