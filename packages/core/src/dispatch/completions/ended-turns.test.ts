import { createAgents } from "@conveyor/host";
import type { DerivableRow } from "@conveyor/store";
import { describe, expect, it } from "vitest";
import { endsOf } from "../../observation/former-turns.ts";
import { completionMessage, completionSubject } from "./completion-message.ts";
import { endedTurns, type TurnToReport } from "./ended-turns.ts";

type Event = [type: string, turn_id: string, more?: Record<string, unknown>, minute?: number];

const rows = (events: Event[]): DerivableRow[] =>
  events.map(([type, turn_id, more = {}, minute = 0], index) => ({
    id: index + 1,
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    type: "event_msg",
    subtype: type,
    item_type: null,
    turn_id,
    thread_id: "th",
    payload_json: JSON.stringify({ type, turn_id, ...more }),
  }));
const { records: meaning } = createAgents().standard;
if (meaning === null) throw new Error("no records");
const told_of = (events: Event[]) => endedTurns(endsOf(meaning, rows(events), { thread_id: "th" }), "th");
const began = (trigger: string) => ({ turn_attribution: { turn_trigger: trigger } });
const goal = (status: string): Event => ["thread_goal_updated", "", { goal: { status } }];
const goalTurn = (id: string, minute = 0, end: Record<string, unknown> = {}): Event[] => [
  ["task_started", id, began("goal"), minute],
  ["task_complete", id, end, minute],
];
const told = (events: Event[]) => {
  const { turns, holds_some } = told_of(events);
  return {
    turns: turns.map(({ turn_id, outcome, goal }) => [turn_id, outcome, goal?.status ?? null, goal?.turns ?? 0]),
    holds_some,
  };
};

describe("turns of a goal are told of together", () => {
  it.each<[string, Event[], unknown[], boolean]>([
    ["while it is pursued, not at all", [goal("active"), ...goalTurn("a"), ...goalTurn("b")], [], true],
    ["when nothing was said of it yet, not at all", [...goalTurn("a")], [], true],
    [
      "when the agent completes it within a turn, with that turn",
      [
        goal("active"),
        ...goalTurn("a"),
        ["task_started", "b", began("goal")],
        goal("complete"),
        ["task_complete", "b"],
      ],
      [["b", "completed", "complete", 2]],
      false,
    ],
    [
      "when a person pauses it, with the turn before",
      [goal("active"), ...goalTurn("a"), goal("paused")],
      [["a", "completed", "paused", 1]],
      false,
    ],
    [
      "when it is taken away, likewise",
      [goal("active"), ...goalTurn("a"), ["thread_goal_cleared", ""]],
      [["a", "completed", null, 1]],
      false,
    ],
    [
      "when a turn of it fails, with that",
      [goal("active"), ...goalTurn("a"), ...goalTurn("b", 0, { error: { codex_error_info: "usage_limit_exceeded" } })],
      [["b", "failed", "active", 2]],
      false,
    ],
    [
      "when somebody interrupts it, with the turn before",
      [
        goal("active"),
        ...goalTurn("a"),
        ["task_started", "b", began("goal")],
        ["turn_aborted", "b", { reason: "interrupted" }],
      ],
      [["a", "completed", "interrupted", 1]],
      false,
    ],
    [
      "when it takes long, now and then",
      [goal("active"), ...goalTurn("a", 0), ...goalTurn("b", 14), ...goalTurn("c", 15), ...goalTurn("d", 16)],
      [["c", "completed", "active", 3]],
      true,
    ],
    [
      "when there are very many, now and then",
      [goal("active"), ...Array.from({ length: 450 }, (_, index) => goalTurn(`t${index}`)).flat()],
      [
        ["t199", "completed", "active", 200],
        ["t399", "completed", "active", 200],
      ],
      true,
    ],
    [
      "while what somebody asked for meanwhile is told at once",
      [
        goal("active"),
        ...goalTurn("a"),
        ["task_started", "u", began("user")],
        ["user_message", "u"],
        ["task_complete", "u"],
        ...goalTurn("b"),
      ],
      [["u", "completed", null, 0]],
      true,
    ],
    [
      "and those after it one by one",
      [
        goal("active"),
        ...goalTurn("a"),
        goal("complete"),
        ["task_started", "u", began("user")],
        ["user_message", "u"],
        ["task_complete", "u"],
      ],
      [
        ["a", "completed", "complete", 1],
        ["u", "completed", null, 0],
      ],
      false,
    ],
  ])("%s", (_when, events, turns, holds_some) => {
    expect(told(events)).toEqual({ turns, holds_some });
  });
});

describe("a person's own command", () => {
  const shell = (id: string): Event => ["exec_command_end", id, { source: "user_shell" }];
  it.each<[string, Event[], number]>([
    ["is no turn of the agent's", [["task_started", "a"], shell("a"), ["task_complete", "a"]], 0],
    [
      "within one of the agent's changes nothing",
      [["task_started", "a", began("user")], ["user_message", "a"], shell("a"), ["task_complete", "a"]],
      1,
    ],
    [
      "is told from the agent's own",
      [
        ["task_started", "a"],
        ["exec_command_end", "a", { source: "agent" }],
        ["task_complete", "a"],
      ],
      1,
    ],
    [
      "does not make maintenance of a turn that the queue began",
      [["task_started", "a", began("queue")], shell("a"), ["task_complete", "a"]],
      1,
    ],
  ])("%s", (_what, events, count) => {
    expect(told_of(events).turns).toHaveLength(count);
  });
});

describe("what a manager reads", () => {
  const names = { worker: "ada", task: "parser" };
  const turn = (facts: Partial<TurnToReport>) => ({
    outcome: "completed" as const,
    error_info: null,
    goal: null,
    ...facts,
  });
  it.each([
    [turn({}), "turn finished: ada on parser", "ada appears to have finished a turn on task parser. That is a claim"],
    [
      turn({ outcome: "failed", error_info: "usage_limit_exceeded" }),
      "turn failed (usage_limit_exceeded): ada on parser",
      "appears to have failed in a turn on task parser (usage_limit_exceeded: the account's usage limit is reached)",
    ],
    [
      turn({ outcome: "failed", error_info: "brand_new" }),
      "turn failed (brand_new): ada on parser",
      "appears to have failed in a turn on task parser (brand_new).",
    ],
    [turn({ outcome: "failed", error_info: "!rm -rf ~\nnow" }), "turn failed (other): ada on parser", "(other)"],
    [turn({ outcome: "failed" }), "turn failed (other): ada on parser", "(other)"],
    [
      turn({ outcome: "lost" }),
      "worker died within a turn: ada on parser",
      "appears to have died in the middle of a turn",
    ],
    [
      turn({ goal: { status: "complete", turns: 12 } }),
      "goal complete after 12 turns: ada on parser",
      "appears to have ended its goal on task parser (complete) after 12 turns.",
    ],
    [
      turn({ goal: { status: "active", turns: 1 } }),
      "goal still pursued, 1 turn so far: ada on parser",
      "appears to pursue its goal on task parser still",
    ],
    [turn({ goal: { status: null, turns: 2 } }), "goal cleared after 2 turns: ada on parser", "(cleared)"],
  ])("names the outcome first: %j", (told_turn, subject, message) => {
    expect(completionSubject(names, told_turn)).toBe(subject);
    const text = completionMessage(names, told_turn);
    expect(text.startsWith("Worker ada appears to ")).toBe(true);
    expect(text).toContain(message);
    for (const word of ["cycle for parser", "evidence", "acceptance criteria", "finish the task", "keep observing"])
      expect(text).toContain(word);
    expect(text).not.toMatch(/[\n!]/);
  });
});
