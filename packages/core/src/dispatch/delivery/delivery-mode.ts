import type { DeliveryMode } from "@conveyor/contracts";
import type { Agents } from "@conveyor/host";
import type { dispatchRows } from "@conveyor/store";

/** How a session is reached now. Of an agent that keeps no record nothing would ever show that it took a text. */
export function modeOf(agents: Agents, { tmux_session, agent_kind }: dispatchRows.RouteSession): DeliveryMode {
  return tmux_session === null || agents.of(agent_kind).records === null ? "pull_required" : "push";
}
