import { Link } from "@tanstack/react-router";
import { lastSign, PHASE_LOOKS, speaker } from "../lib/phase.ts";
import type { Tone } from "../lib/tone.ts";
import { sourceText, TASK_WORDS } from "../lib/words.ts";
import type { Criterion, SessionListItem, TaskListItem } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Glyph, type GlyphName } from "../parts/glyph.tsx";
import { ProofBar } from "../parts/proof-bar.tsx";

/** What a row says of a task. */
export interface TaskLook {
  word: string;
  glyph: GlyphName;
  tone: Tone;
  /** What is done now, and where that was seen. */
  doing: string;
  source: string;
}

/** A task as its agents have it; without agents as itself. Pure. */
export function lookOf({ agents, state }: TaskListItem): TaskLook {
  const agent = speaker(agents);
  if (agent === undefined) {
    const glyph = state === "paused" ? "held" : "unproven";
    return { word: TASK_WORDS[state], glyph, tone: "mute", doing: "nobody is bound to it", source: "" };
  }
  const { agent_status, name } = agent;
  const { word, glyph, tone } = PHASE_LOOKS[agent_status.phase];
  const who = agents[0] === agent ? "" : `${name}: `;
  return { word, glyph, tone, doing: `${who}${agent_status.detail}`, source: sourceText(agent_status) };
}

/** The last sign of life of anybody who is bound to a task. Pure. */
export function signOf({ agents }: TaskListItem, sessions: readonly SessionListItem[]): string | null {
  const ids = agents.map(({ session_id }) => session_id);
  const signs = sessions.filter(({ id }) => ids.includes(id)).map(lastSign);
  return (
    signs
      .filter((sign) => sign !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

interface FleetRowProps {
  task: TaskListItem;
  sessions: readonly SessionListItem[];
  criteria: readonly Criterion[] | undefined;
}

/** A task in two lines: who works on it, what they do now, what is proven, and when they were last heard of. */
export function FleetRow({ task, sessions, criteria }: FleetRowProps) {
  const { word, glyph, tone, doing, source } = lookOf(task);
  return (
    <li className="fl">
      <Glyph name={glyph} tone={tone} />
      <div className="fl-main">
        <div className="fl-t">
          <Link className="cut" to="/tasks/$name" params={{ name: task.name }}>
            {task.name}
          </Link>
          <span className="fl-who cut">{task.agents.map(({ name }) => name).join(" · ")}</span>
        </div>
        <div className="fl-d">
          <b data-tone={tone}>{word}</b>
          <span className="cut" title={source}>
            {doing}
            {source !== "" && <span className="faint"> · {source}</span>}
          </span>
        </div>
      </div>
      <div className="fl-proof">
        <ProofBar criteria={criteria} />
      </div>
      <span className="fl-age">
        <span className="vh">last sign of life </span>
        <Age of="last sign of life" time={signOf(task, sessions)} />
      </span>
    </li>
  );
}
