import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** What a registration tells a person: who is known now and how messages reach it. */
function registrationText(session: Output<"sessions.registerWorker">): string {
  const { communication } = session;
  return lines(
    `registered ${session.role} ${session.name} (${session.session_id})`,
    session.pid !== null && `pid ${session.pid}`,
    `rollout ${session.codex_session_path ?? "none"}`,
    communication.receive_style === "push"
      ? `messages are typed into tmux session ${communication.tmux_session}`
      : `messages wait until it polls: ${communication.poll_command ?? communication.poll_command_template}`,
    session.rollout_also_registered_by.length > 0 &&
      `the same rollout is registered by ${session.rollout_also_registered_by.join(", ")}`,
  );
}

/** `register-worker` (spec 01 §6.4). */
export const registerWorker = presents("sessions.registerWorker", { text: registrationText });

/** `register-manager` (spec 01 §6.4). */
export const registerManager = presents("sessions.registerManager", { text: registrationText });
