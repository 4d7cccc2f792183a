import type { Output } from "@conveyor/contracts";
import { PHASE_WORDS } from "@conveyor/contracts/agent-phases";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { agentText, urgency } from "../print/agent.ts";
import { listing } from "../print/listing.ts";
import { restOf } from "../print/rest-of.ts";
import type { View } from "../print/text.ts";

type Session = Output<"sessions.list">[number];

function life(alive: boolean | null): string {
  if (alive === null) return "unknown";
  return alive ? "alive" : "not running";
}

/** One line per session: how it stands, and what it is bound to. */
export function sessionRows(sessions: readonly Session[], view: View): string {
  const shown = view.isTerminal
    ? sessions.toSorted((a, b) => urgency(a.agent_status) - urgency(b.agent_status))
    : sessions;
  return listing<Session>(
    [
      { head: "session", of: ({ name }) => name, cut: "end" },
      { head: "role", of: ({ role }) => role },
      { head: "agent", only: "terminal", of: ({ agent_status }) => agentText(agent_status, view.colour) },
      { head: "since", only: "terminal", of: ({ agent_status }) => ageText(agent_status.since, view.now) },
      { head: "state", only: "pipe", of: ({ state }) => state },
      { head: "life", only: "pipe", of: ({ alive }) => life(alive) },
      { head: "delivery", only: "pipe", of: ({ communication }) => communication.delivery_mode },
      { head: "via", only: "terminal", of: ({ communication }) => communication.receive_style },
      { head: "task", of: ({ binding }) => binding?.task_name, cut: "end" },
      { head: "heard", only: "terminal", of: ({ last_heartbeat_at }) => ageText(last_heartbeat_at, view.now) },
      { head: "folder", of: ({ cwd }) => cwd, cut: "start" },
      { head: "agent", only: "pipe", of: ({ agent_status }) => PHASE_WORDS[agent_status.phase] },
    ],
    shown,
    view,
  );
}

/** `sessions --human`: who is there, how it stands, and what it is bound to (spec 01 §6.6). */
export const list = presents("sessions.list", {
  text: sessionRows,
  aside: restOf("session"),
  nothing: (program) =>
    `no sessions; register a running agent with \`${program} register-worker --name NAME --pid PID\``,
});
