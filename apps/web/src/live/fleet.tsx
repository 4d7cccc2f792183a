import { createContext, type ReactNode, use, useCallback, useEffect, useMemo } from "react";
import { useClock } from "../lib/clock.ts";
import { type Need, needsOf } from "../queue/needs.ts";
import type { Dispatcher, Overview, SessionListItem, TaskListItem } from "./operations.ts";
import { useAnswer } from "./use-answer.ts";
import { useHappenings } from "./use-happenings.ts";
import { useRows } from "./use-rows.ts";

/** What every view knows: who works, who waits, and whether messages travel. */
export interface Fleet {
  /** Open tasks, those that closed since included. */
  tasks: readonly TaskListItem[];
  sessions: readonly SessionListItem[];
  /** Whether the present rows have arrived, so that an empty list really is one. */
  settled: boolean;
  overview: Overview | undefined;
  dispatchers: readonly Dispatcher[];
  needs: readonly Need[];
  /** Why there is no newer overview; null while all is well. */
  problem: string | null;
  /** Ask for the overview again. */
  ask(): void;
}

const FleetContext = createContext<Fleet | null>(null);

/** The fleet as it is now. */
export function useFleet(): Fleet {
  const fleet = use(FleetContext);
  if (fleet === null) throw new Error("there is no fleet outside the frame");
  return fleet;
}

/** How fine the clock is by which things become overdue, in milliseconds. */
const OVERDUE_STEP_MS = 15_000;

/** Chains that are looked through for what nobody answered. */
const LOOKED_AT = 30;

const taskKey = ({ id }: TaskListItem) => id;
const sessionKey = ({ id }: SessionListItem) => id;
const dispatcherKey = ({ instance_id }: Dispatcher) => instance_id;

/**
 * The tasks with what their agents do now: sessions are told of as they change, a task only when it changes itself. Pure.
 */
export function withAgents(tasks: readonly TaskListItem[], sessions: readonly SessionListItem[]): TaskListItem[] {
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return tasks.map((task) => ({
    ...task,
    agents: task.agents.map((agent) => ({
      ...agent,
      agent_status: byId.get(agent.session_id)?.agent_status ?? agent.agent_status,
    })),
  }));
}

/** Follows the fleet for all views. */
export function FleetProvider({ children }: { children: ReactNode }) {
  const tasks = useRows("tasks.onChange", { active: true }, taskKey);
  const sessions = useRows("sessions.onChange", {}, sessionKey);
  const { rows: dispatchers } = useRows("dispatch.onHeartbeat", {}, dispatcherKey);
  const { answer: overview, problem, ask: askOverview } = useAnswer("dispatch.overview", { limit: LOOKED_AT });
  const { answer: dead, ask: askDead } = useAnswer("dispatch.deadCommands", {});
  const { answer: refusals, ask: askRefusals } = useAnswer("dispatch.commands", {
    type: "finish_task",
    state: "failed",
    limit: 50,
  });
  const now_ms = useClock((time) => Math.floor(time / OVERDUE_STEP_MS) * OVERDUE_STEP_MS);

  const ask = useCallback(() => {
    askOverview();
    askDead();
    askRefusals();
  }, [askOverview, askDead, askRefusals]);
  useHappenings(ask);
  // That a dispatcher falls silent is no event, and still decides whether messages travel.
  const states = dispatchers.map(({ instance_id, state }) => `${instance_id} ${state}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the states are the cue
  useEffect(askOverview, [states]);

  const settled = tasks.settled && sessions.settled;
  const open = useMemo(() => withAgents(tasks.rows, sessions.rows), [tasks.rows, sessions.rows]);
  const fleet = useMemo(() => {
    const facts = {
      tasks: open,
      sessions: sessions.rows,
      overview,
      dead: dead?.groups ?? [],
      refusals: refusals ?? [],
    };
    const needs = needsOf(facts, now_ms);
    return { tasks: open, sessions: sessions.rows, settled, overview, dispatchers, needs, problem, ask };
  }, [open, sessions.rows, settled, overview, dead, refusals, dispatchers, now_ms, problem, ask]);

  return <FleetContext value={fleet}>{children}</FleetContext>;
}
