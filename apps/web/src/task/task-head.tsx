import { plural } from "@conveyor/contracts/plural";
import { useState } from "react";
import { ActButton, useClosed } from "../act/act-button.tsx";
import { lookOf } from "../fleet/fleet-row.tsx";
import type { Tone } from "../lib/tone.ts";
import { TASK_WORDS } from "../lib/words.ts";
import type { Criterion, Overview, TaskListItem } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { Icon } from "../parts/icon.tsx";
import { AgentState } from "../parts/state.tsx";
import { release } from "../queue/needs.ts";
import { FinishDialog } from "./finish-dialog.tsx";

/** What is known of a task; its agents only while it is open. */
export interface TaskFacts {
  name: string;
  goal: string;
  state: TaskListItem["state"];
  created_at: string;
  updated_at: string;
  agents: TaskListItem["agents"];
  budget: TaskListItem["budget"];
}

interface TaskHeadProps {
  task: TaskFacts;
  isOver: boolean;
  overview: Overview;
  criteria: readonly Criterion[];
  /** Tabs beside the terminals, or the terminals side by side. */
  layout: "tabs" | "side";
  onLayout(layout: "tabs" | "side"): void;
  finishing: boolean;
  onFinishing(finishing: boolean): void;
}

/** Name, state, goal, agents, and what ends it. */
export function TaskHead(props: TaskHeadProps) {
  const { task, isOver, overview, criteria, layout, onLayout, finishing, onFinishing } = props;
  const closed = useClosed();
  const look = isOver ? overLook(task.state) : lookOf({ ...task, id: "", summary: null });
  return (
    <header className="t-head">
      <div className="t-title">
        <h1>{task.name}</h1>
        <span className="state" data-tone={look.tone}>
          <Glyph name={look.glyph} tone={look.tone} />
          <span>{look.word}</span>
        </span>
      </div>
      {!isOver && (
        <div className="t-act">
          {task.agents.length > 0 && (
            <fieldset className="seg layouts" aria-label="Layout">
              <button
                type="button"
                aria-pressed={layout === "tabs"}
                aria-label="Tabs beside the terminals"
                title="Tabs beside the terminals (T)"
                onClick={() => onLayout("tabs")}
              >
                <Icon name="stack" />
              </button>
              <button
                type="button"
                aria-pressed={layout === "side"}
                aria-label="Terminals side by side"
                title="Terminals side by side (T)"
                onClick={() => onLayout("side")}
              >
                <Icon name="split" />
              </button>
            </fieldset>
          )}
          {task.agents.length > 0 && <ActButton offer={release(task.name)} kind="quiet small" />}
          <button
            type="button"
            className="btn"
            aria-haspopup="dialog"
            aria-disabled={closed !== null}
            title={closed ?? "Close the task, behind the gates that you choose"}
            onClick={() => closed === null && onFinishing(true)}
          >
            <Icon name="gate" />
            Finish…
          </button>
        </div>
      )}
      <Goal text={task.goal} />
      <p className="t-facts">
        {task.agents.map(({ session_id, role, name, agent_status }) => (
          <span key={session_id}>
            {role} <b>{name}</b> <AgentState status={agent_status} />
          </span>
        ))}
        {!isOver && task.agents.length === 0 && <span>nobody is bound to it</span>}
        <span>{TASK_WORDS[task.state].toLowerCase()}</span>
        <span>
          <Age of="created" word="created" time={task.created_at} after="ago" />
        </span>
        {isOver && (
          <span>
            <Age of="closed" word="closed" time={task.updated_at} after="ago" />
          </span>
        )}
        {task.budget !== null && (
          <span>
            {plural(task.budget.nudges_remaining, "nudge")} of {task.budget.max_nudges} left
          </span>
        )}
      </p>
      {finishing && !isOver && (
        <FinishDialog task={task.name} overview={overview} criteria={criteria} onClose={() => onFinishing(false)} />
      )}
    </header>
  );
}

function overLook(state: TaskFacts["state"]): { word: string; glyph: "done" | "gone"; tone: Tone } {
  return state === "done"
    ? { word: TASK_WORDS[state], glyph: "done", tone: "good" }
    : { word: TASK_WORDS[state], glyph: "gone", tone: "bad" };
}

/** So long a goal is shown in full; a longer one can be opened. */
const SHORT = 280;

function Goal({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const isLong = text.length > SHORT;
  return (
    <div className="t-goal">
      <p>{isLong && !all ? `${text.slice(0, SHORT)}…` : text}</p>
      {isLong && (
        <button type="button" className="lnk" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Less" : "The whole goal"}
        </button>
      )}
    </div>
  );
}
