import { plural } from "@conveyor/contracts/plural";
import { attachCommand } from "@conveyor/contracts/terminal-commands";
import type { Offer } from "../act/acts.ts";
import { sessionInboxLine } from "../act/command-line.ts";
import { standsStill } from "../lib/phase.ts";
import type { Tone } from "../lib/tone.ts";
import { isTaskClosed, messageWord, reachWord, sentence, sourceText } from "../lib/words.ts";
import type { Command, DeadGroup, DeliveredItem, Overview, SessionListItem, TaskListItem } from "../live/operations.ts";
import type { IconName } from "../parts/icon.tsx";

/** What the queue is made of. */
export interface NeedFacts {
  /** Open tasks. */
  tasks: readonly TaskListItem[];
  sessions: readonly SessionListItem[];
  overview: Overview | undefined;
  dead: readonly DeadGroup[];
  /** Refused finishes, the newest first. */
  refusals: readonly Command[];
}

/** A line of a need that has an act of its own. */
export interface Detail {
  text: string;
  note: string;
  offer: Offer | null;
}

/** Something that waits for a person. */
export interface Need {
  key: string;
  /** Whether an agent stands still until somebody comes; the others can wait a little. */
  now: boolean;
  tone: Tone;
  icon: IconName;
  title: string;
  task: string | null;
  why: string;
  /** Since when, and how that is said; null when nobody knows. */
  since: string | null;
  age: "waits" | "gone" | "since";
  facts: readonly string[];
  details: readonly Detail[];
  /** What may be done about it here, the usual thing first. */
  offers: readonly Offer[];
  /** What may be done about it elsewhere, as command lines. */
  commands: readonly string[];
}

/** So long a message may lie unread before somebody should know, in milliseconds. */
export const UNREAD_MS = 3 * 60_000;
/** So long an agent that took a message may leave it unanswered, in milliseconds. */
export const UNANSWERED_MS = 10 * 60_000;

const ASKS: Readonly<Record<SessionListItem["agent_status"]["attention"], string>> = {
  approval: "asks for approval",
  question: "asks a question",
  plan_decision: "asks whether to carry out its plan",
  trust: "asks whether to trust its folder",
  menu: "waits in a menu",
  none: "waits for an answer",
};

/** Everything that waits for a person, what stands still first, then by how long it has waited. Pure. */
export function needsOf(facts: NeedFacts, now_ms: number): Need[] {
  const all = [
    ...facts.sessions.flatMap(ofSession),
    ...ofDispatch(facts),
    ...refusedFinishes(facts),
    ...facts.dead.map(ofDead),
    ...unread(facts, now_ms),
    ...unanswered(facts, now_ms),
  ];
  return all.toSorted(
    (a, b) =>
      Number(b.now) - Number(a.now) || (a.since ?? "9").localeCompare(b.since ?? "9") || a.key.localeCompare(b.key),
  );
}

/** An agent that asks, failed or ended. */
function ofSession(session: SessionListItem): Need[] {
  const { name, role, state, binding, agent_status, communication } = session;
  if (state === "gone" || !standsStill(agent_status)) return [];
  const { phase, attention, detail, since } = agent_status;
  const tmux = communication.tmux_session;
  const source = sourceText(agent_status);
  const base = {
    key: `session ${session.id}`,
    task: binding?.task_name ?? null,
    since,
    facts: [[sentence(role), reachWord(session), source].filter((text) => text !== "").join(", ")],
    details: [],
    offers: [],
    commands: tmux === null ? [] : [attachCommand(tmux)],
  };
  if (phase === "waiting") {
    const icon = attention === "approval" ? "hand" : "ask";
    return [{ ...base, now: true, tone: "warn", icon, title: `${name} ${ASKS[attention]}`, why: detail, age: "waits" }];
  }
  if (phase === "failed") {
    return [{ ...base, now: true, tone: "bad", icon: "warn", title: `${name} failed`, why: detail, age: "since" }];
  }
  return [
    {
      ...base,
      now: binding !== null,
      tone: binding === null ? "mute" : "bad",
      icon: "plug",
      title: binding === null ? `${name} ended` : `${name} ended without finishing`,
      why: detail,
      age: "gone",
      commands: [],
      offers: [binding === null ? forget(name) : release(binding.task_name)],
    },
  ];
}

const forget = (session: string): Offer => ({
  verb: "Mark as gone",
  act: { path: "sessions.deregister", input: { session } },
  done: `${session} is marked as gone`,
});

/** End the binding of a task, which sets its agents free. */
export const release = (task: string): Offer => ({
  verb: "Unbind",
  act: { path: "bindings.unbind", input: { task } },
  done: `${task} is unbound`,
  consent: {
    title: `Unbind ${task}?`,
    consequences: [
      "Its worker and its manager are free for other tasks.",
      "The task is paused until others are bound to it.",
      "Nothing is stopped: whoever runs goes on running.",
    ],
  },
});

/** Nobody carries messages although there are agents that wait for them. */
function ofDispatch({ tasks, overview }: NeedFacts): Need[] {
  if (overview === undefined || overview.health.core_status === "active") return [];
  if (!tasks.some(({ agents }) => agents.length > 0)) return [];
  const { core_status, operator_message, heartbeat, queued_count } = overview.health;
  return [
    {
      key: "dispatch",
      now: true,
      tone: "bad",
      icon: "send",
      title: core_status === "stale" ? "Dispatch is silent" : "Nobody carries messages",
      task: null,
      why: operator_message,
      since: heartbeat?.timestamp ?? null,
      age: "since",
      facts: queued_count === 0 ? [] : [`${plural(queued_count, "message")} queued`],
      details: [],
      offers: [],
      commands: ["conveyor dispatch --watch"],
    },
  ];
}

/** The latest finish of each open task, when a gate refused it. */
function refusedFinishes({ tasks, refusals }: NeedFacts): Need[] {
  const open = new Map(tasks.filter((task) => !isTaskClosed(task)).map((task) => [task.id, task]));
  const newest = new Map<string, Command>();
  for (const command of refusals) {
    const { task_id } = command;
    if (task_id === null || !open.has(task_id)) continue;
    const known = newest.get(task_id);
    if (known === undefined || known.created_at < command.created_at) newest.set(task_id, command);
  }
  return [...newest].map(([task_id, command]) => ({
    key: `finish ${task_id}`,
    now: false,
    tone: "warn",
    icon: "gate",
    title: "Finish was refused",
    task: open.get(task_id)?.name ?? null,
    why: command.error ?? "a gate refused it",
    since: command.updated_at,
    age: "since",
    facts: [],
    details: [],
    offers: [],
    commands: [],
  }));
}

/** Messages that never arrived, for one reason. */
function ofDead({ error_code, count, advice, fix, commands }: DeadGroup): Need {
  const held = commands.every(({ state }) => state === "blocked");
  const tasks = [...new Set(commands.map(({ task }) => task))];
  const first = commands[0];
  const subject = count === 1 && first ? messageWord(first.command_type) : plural(count, "message");
  return {
    key: `dead ${error_code}`,
    now: false,
    tone: held ? "warn" : "bad",
    icon: held ? "gate" : "messages",
    title: held ? `${subject} held: ${error_code.replaceAll("_", " ")}` : `${subject} not delivered`,
    task: tasks.length === 1 ? (tasks[0] ?? null) : null,
    why: held ? advice : `${error_code.replaceAll("_", " ")}; ${advice}`,
    since: commands.map(({ created_at }) => created_at).toSorted()[0] ?? null,
    age: "since",
    facts: commands.length < count ? [`The newest ${commands.length} of ${count} are shown.`] : [],
    details: commands.map((command) => ({
      text: `${messageWord(command.command_type)} for ${command.task}`,
      note: command.error ?? command.state,
      offer: command.retry === null ? null : retry(command.command_id, command.retry.includes("--force")),
    })),
    offers: [],
    commands: fix,
  };
}

function retry(command: string, force: boolean): Offer {
  const offer: Offer = {
    verb: "Retry",
    act: { path: "dispatch.retryCommand", input: force ? { command, force } : { command } },
    done: "Queued anew",
  };
  if (!force) return offer;
  const consequences = [
    "The terminal may have got this message already.",
    "If it did, the agent gets it twice. Look at its terminal first.",
  ];
  return {
    ...offer,
    verb: "Retry all the same",
    consent: { title: "Send it although it may have arrived?", consequences },
  };
}

/** What lies in the inbox of a session for longer than it should. */
function unread({ overview }: NeedFacts, now_ms: number): Need[] {
  return (overview?.inbox.sessions ?? []).flatMap((inbox) => {
    const { session_id, session_name, pull_required_pending_count: pending_count, items } = inbox;
    // What was typed into a terminal has been seen there, whether or not it is ever taken.
    const oldest = items
      .filter(({ delivery_mode }) => delivery_mode === "pull_required")
      .toSorted((a, b) => lyingSince(a).localeCompare(lyingSince(b)))[0];
    if (oldest === undefined) return [];
    const since = lyingSince(oldest);
    if (now_ms - Date.parse(since) < UNREAD_MS) return [];
    return [
      {
        key: `unread ${session_id}`,
        now: false,
        tone: "warn" as const,
        icon: "messages" as const,
        title: `${session_name} has ${plural(pending_count, "unread message")}`,
        task: oldest.task_name,
        why: `the oldest is ${messageWord(oldest.signal_type)} #${oldest.id} from ${oldest.source_session_name}`,
        since,
        age: "waits" as const,
        facts: [],
        details: [],
        offers: [],
        commands: [sessionInboxLine(session_name)],
      },
    ];
  });
}

/** Since when an item lies in its inbox; one that was given back does so anew. */
const lyingSince = ({ delivered_at, created_at }: DeliveredItem) => delivered_at ?? created_at;

/** What a session took and left unanswered. */
function unanswered({ overview, sessions }: NeedFacts, now_ms: number): Need[] {
  const items = (overview?.chains ?? []).flatMap(({ notifications }) => notifications);
  return items.flatMap((item) => {
    const role = sessions.find(({ id }) => id === item.target_session_id)?.role;
    if (role === undefined || !isUnanswered(item, now_ms)) return [];
    return [
      {
        key: `unanswered ${item.id}`,
        now: false,
        tone: "warn" as const,
        icon: "clock" as const,
        title: `${item.target_session_name} has not answered #${item.id}`,
        task: item.task_name,
        why: `took the ${messageWord(item.signal_type).toLowerCase()} from ${item.source_session_name} and said nothing since`,
        since: item.consumed_at,
        age: "since" as const,
        facts: [],
        details: [],
        offers: [giveBack(item, role)],
        commands: [],
      },
    ];
  });
}

/** Whether an item was taken and waits for an answer for too long; a finished turn asks for none. */
export function isUnanswered({ consumed_at, acknowledgement, signal_type }: DeliveredItem, now_ms: number): boolean {
  if (consumed_at === null || acknowledgement !== null || signal_type === "worker_task_complete") return false;
  return now_ms - Date.parse(consumed_at) >= UNANSWERED_MS;
}

/** Put a taken message back into its inbox. */
export function giveBack(item: DeliveredItem, role: SessionListItem["role"]): Offer {
  return {
    verb: "Give back",
    act: { path: "inbox.release", input: { task: item.task_name, notification_id: item.id, role } },
    done: `#${item.id} lies in the inbox of ${item.target_session_name} again`,
  };
}
