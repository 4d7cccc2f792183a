import { ConveyorError } from "@conveyor/contracts/errors";
import type { AgentRecords, Agents } from "@conveyor/host";

/** How the records of a session are read. Throws `rollout_path_missing` for one whose agent keeps none. */
export function recordsOf(agents: Agents, { agent_kind, name }: { agent_kind: string; name: string }): AgentRecords {
  const { records } = agents.of(agent_kind);
  if (records !== null) return records;
  throw new ConveyorError("rollout_path_missing", `the agent of session ${name} keeps no record that can be read`, {
    hint: "look at its terminal instead",
    details: { session: name },
  });
}
