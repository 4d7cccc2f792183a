import type { Communication, Role } from "@conveyor/contracts";
import type { Settings } from "../ctx.ts";
import { slot } from "../shared/command-line.ts";
import { pollCommand } from "../shared/poll-command.ts";
import { type RecordColumns, recordPlaceOf } from "../shared/recorded.ts";

interface Reachable extends RecordColumns {
  role: Role;
  tmux_session: string | null;
}

const KINDS = {
  tmux: "tmux_session",
  codex_app: "codex_session_without_tmux",
  no_tmux: "missing_tmux_session",
} as const satisfies Record<Communication["session_kind"], Communication["detection_source"]>;

/** How messages reach this session, with the command by which it polls its inbox (spec 01 §5.7). Pure. */
export function communicationOf(
  settings: Pick<Settings, "program" | "ledger_path">,
  session: Reachable,
  task_name?: string | undefined,
): Communication {
  const session_kind = kindOf(session);
  const can_receive_push = session_kind === "tmux";
  return {
    session_kind,
    receive_style: can_receive_push ? "push" : "pull",
    delivery_mode: can_receive_push ? "push" : "pull_required",
    can_receive_push,
    can_receive_pull: true,
    requires_polling: !can_receive_push,
    detection_source: KINDS[session_kind],
    tmux_session: session.tmux_session,
    poll_command_template: pollCommand(settings, slot("task"), session.role),
    ...(task_name === undefined ? {} : { poll_command: pollCommand(settings, task_name, session.role) }),
  };
}

function kindOf(session: Reachable): Communication["session_kind"] {
  if (session.tmux_session !== null) return "tmux";
  const { record_path, thread_id } = recordPlaceOf(session);
  return record_path !== null || thread_id !== null ? "codex_app" : "no_tmux";
}
