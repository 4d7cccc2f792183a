import type { AgentStatus } from "@conveyor/contracts";
import { PHASES_BY_URGENCY } from "@conveyor/contracts/agent-phases";
import { combineAttention, type PaneClassification, reportTurns, rolloutAttention } from "@conveyor/host";
import type { lookups } from "@conveyor/store";
import { openObserved } from "./observed.ts";

/** How far a session's rollout had come when its pane was looked at. */
export interface RolloutMark {
  path: string;
  bytes: number;
}

/** What of a screen counts here; words of people and agents are not in it. */
export type PaneMeaning = Pick<PaneClassification, "attention" | "startup" | "title">;

/** What looks at a session found, beside its rollout. Plain JSON without content, kept with the session. */
export interface Seen {
  pane: (PaneMeaning & { at: string; since: string; rollout: RolloutMark | null }) | null;
  process: { alive: boolean; since: string } | null;
}

type StatusFacts = Pick<
  lookups.AgentStatusRow,
  "state" | "liveness" | "thread_id" | "record_path" | "last_ingest_offset" | "observation_json" | "seen_json"
>;

/** What looks at a session have found so far. */
export function openSeen(seen_json: string | null): Seen {
  return seen_json === null ? { pane: null, process: null } : (JSON.parse(seen_json) as Seen);
}

/**
 * What is known of a session's agent (spec 08 §8.10): its turns from the rollout, what it waits for from rollout and pane,
 * and whether it still runs. What a pane showed counts until the rollout has grown: an agent that writes has gone on.
 * `alive` is what the machine says now; null when nobody asked or it cannot tell, and then the last look counts. Pure.
 */
export function judgeStatus(session: StatusFacts, alive: boolean | null): AgentStatus {
  const seen = openSeen(session.seen_json);
  const { turns, attention: waiting } = openObserved(session.observation_json, session.thread_id);
  const pane = seen.pane !== null && isOvertaken(session, seen.pane.rollout) ? null : seen.pane;
  const known = { attention: "none", since: null, observed_at: turns.last_state_event_at, sources: [] } as const;

  if (isGone(session, alive ?? seen.process?.alive ?? null)) {
    const since = seen.process?.alive === false ? seen.process.since : null;
    const detail = session.state === "gone" ? "the session has ended" : "its process has ended";
    return { ...known, phase: "gone", state: "unknown", confidence: "certain", detail, since, sources: ["process"] };
  }
  const from_rollout = rolloutAttention(waiting, turns);
  const attention = combineAttention(from_rollout, pane);
  const { state, turn } = reportTurns(turns);
  if (attention !== "none") {
    const is_seen = pane !== null && pane.attention !== "none";
    const asked_at = waiting.waiting.findLast((call) => call.attention === from_rollout)?.at ?? null;
    return {
      phase: "waiting",
      state: "busy",
      attention,
      confidence: is_seen ? "strong" : "weak",
      detail: `waits for ${WAITS_FOR[attention]}`,
      since: is_seen ? pane.since : asked_at,
      observed_at: is_seen ? pane.at : asked_at,
      sources: [...(is_seen ? (["tmux"] as const) : []), ...(from_rollout === "none" ? [] : (["rollout"] as const))],
    };
  }
  if (state === "unknown") return fromPaneAlone(pane);
  const told = { ...known, confidence: "strong", sources: ["rollout" as const] } as const;
  if (state === "busy") {
    const since = turn?.started_at ?? null;
    return turn?.kind === "maintenance"
      ? { ...told, phase: "compacting", state, detail: "compacts its context", since, sources: ["rollout"] }
      : { ...told, phase: "working", state, detail: "works on a turn", since, sources: ["rollout"] };
  }
  const since = turn?.ended_at ?? null;
  if (turn?.outcome === "failed") {
    const why = turn.error_info === null ? "" : `: ${turn.error_info}`;
    return { ...told, phase: "failed", state, detail: `its last turn failed${why}`, since, sources: ["rollout"] };
  }
  const how = turn?.outcome === "interrupted" ? "was interrupted" : "has finished its turn";
  return { ...told, phase: "idle", state, detail: how, since, sources: ["rollout"] };
}

const WAITS_FOR: Readonly<Record<AgentStatus["attention"], string>> = {
  none: "nothing",
  approval: "an approval",
  question: "an answer to its question",
  plan_decision: "a decision on its plan",
  trust: "trust in its folder",
  menu: "a choice in a menu",
};

/** Without a turn on record the screen is all there is. */
function fromPaneAlone(pane: Seen["pane"]): AgentStatus {
  const nothing = { attention: "none", confidence: "guess", observed_at: pane?.at ?? null } as const;
  const since = pane?.since ?? null;
  if (pane?.startup.state === "working" || pane?.title === "busy") {
    return { ...nothing, phase: "working", state: "busy", detail: "its screen shows work", since, sources: ["tmux"] };
  }
  if (pane?.startup.state === "ready") {
    return { ...nothing, phase: "idle", state: "idle", detail: "is ready for a first turn", since, sources: ["tmux"] };
  }
  return { ...nothing, phase: "unknown", state: "unknown", detail: "nothing is known yet", since: null, sources: [] };
}

/** Of a session that is known by its heartbeats alone nobody can tell that it has died, only that it is silent. */
function isGone({ state, liveness }: StatusFacts, alive: boolean | null): boolean {
  return state === "gone" || (alive === false && (liveness === "pid" || liveness === "tmux"));
}

function isOvertaken({ record_path, last_ingest_offset }: StatusFacts, mark: RolloutMark | null): boolean {
  if (record_path === null) return false;
  if (mark === null) return last_ingest_offset !== null && last_ingest_offset > 0;
  return mark.path !== record_path || (last_ingest_offset ?? 0) > mark.bytes;
}

/** Order by urgency, the most urgent first; a sort by it keeps the order of equals. Pure. */
export function byUrgency(a: { agent_status: AgentStatus }, b: { agent_status: AgentStatus }): number {
  return urgencyOf(a.agent_status) - urgencyOf(b.agent_status);
}

function urgencyOf({ phase }: AgentStatus): number {
  return PHASES_BY_URGENCY.indexOf(phase);
}
