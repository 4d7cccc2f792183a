import { ConveyorError } from "@conveyor/contracts/errors";
import type { Agent, AgentRecords, StartableAgent } from "./agent.ts";
import { genericAgent } from "./generic/index.ts";
import { type AgentHomes, KINDS, STANDARD_KIND } from "./kinds.ts";

/** The agents of one caller: every kind that there is, with the caller's own homes. */
export interface Agents {
  /** Every kind, in the order in which they are asked whose a program or a file is. */
  readonly all: readonly Agent[];
  /** What is started, and what a session counts as, when nobody names a kind. */
  readonly standard: StartableAgent;
  /** The agent of a session by its `agent_kind`. A kind that nobody here knows is anything in a pane. */
  of(kind: string): Agent;
  /** The agent whose record this file is; the standard where it is nobody's, or cannot be read. */
  ofRecord(path: string): Agent;
  /** The agent that one of these programs, each with its arguments, is; the standard where none is. */
  ofPrograms(programs: readonly (readonly string[])[]): Agent;
}

export interface AgentsOptions {
  homes?: AgentHomes | undefined;
  /** Kinds beside those of `kinds.ts`. */
  others?: readonly Agent[] | undefined;
  /** Default: the kind that `kinds.ts` names. */
  standard?: string | undefined;
}

/** The agents that there are, for a caller whose homes are these. Cheap: nothing is looked at. */
export function createAgents({ homes = {}, others = [], standard = STANDARD_KIND }: AgentsOptions = {}): Agents {
  const all = [...Object.values(KINDS).map((make) => make(homes)), ...others];
  const by_kind = new Map(all.map((agent) => [agent.kind, agent]));
  const of = (kind: string): Agent => by_kind.get(kind) ?? genericAgent;
  const first = startable(of(standard));
  return {
    all,
    standard: first,
    of,
    ofRecord: (path) => all.find(({ records }) => records !== null && isRecord(records, path)) ?? first,
    ofPrograms: (programs) => all.find(({ isProgram }) => programs.some(isProgram)) ?? first,
  };
}

function isRecord({ meta }: AgentRecords, path: string): boolean {
  try {
    meta(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof ConveyorError) return false;
    throw thrown;
  }
}

function startable(agent: Agent): StartableAgent {
  const { launch } = agent;
  if (launch === null) throw new Error(`${agent.kind} cannot be started, so it cannot be the standard`);
  return { ...agent, launch };
}
