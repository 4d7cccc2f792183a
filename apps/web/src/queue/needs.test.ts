import { describe, expect, it } from "vitest";
import type { DeadGroup, DeliveredItem, Overview, SessionListItem, TaskListItem } from "../live/operations.ts";
import { type NeedFacts, needsOf, UNANSWERED_MS, UNREAD_MS } from "./needs.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const before = (ms: number) => new Date(NOW - ms).toISOString();

type Phase = SessionListItem["agent_status"]["phase"];
const status = (phase: Phase, attention = "none") => ({
  phase,
  attention,
  detail: "as it is",
  since: before(60_000),
  observed_at: null,
  sources: ["tmux"],
});

/** Only what decides; the contract has the rest. */
const session = (name: string, phase: Phase, more: object = {}) =>
  ({
    id: name,
    name,
    role: "worker",
    state: "active",
    binding: { task_name: "auth" },
    communication: { tmux_session: null, can_receive_push: false },
    agent_status: status(phase),
    ...more,
  }) as unknown as SessionListItem;
const task = { id: "t", name: "auth", state: "managed", agents: [{}] } as unknown as TaskListItem;
const overview = (more: object = {}) =>
  ({
    health: { core_status: "active", operator_message: "", heartbeat: null, queued_count: 0 },
    inbox: { sessions: [] },
    chains: [],
    ...more,
  }) as unknown as Overview;
const item = (more: object) =>
  ({
    id: 7,
    task_name: "auth",
    signal_type: "nudge_worker",
    source_session_name: "dan",
    target_session_id: "ada",
    target_session_name: "ada",
    delivery_mode: "pull_required",
    delivered_at: before(UNREAD_MS),
    created_at: before(UNREAD_MS),
    consumed_at: null,
    acknowledgement: null,
    ...more,
  }) as unknown as DeliveredItem;
const dead = (more: object) =>
  ({
    error_code: "push_failed",
    count: 1,
    advice: "look at the terminal",
    fix: [],
    commands: [
      {
        command_id: "c-1",
        command_type: "nudge_worker",
        state: "failed",
        task: "auth",
        error: "gone",
        created_at: before(1),
        retry: "commands retry c-1",
      },
    ],
    ...more,
  }) as unknown as DeadGroup;

const facts = (more: Partial<NeedFacts>): NeedFacts => ({
  tasks: [task],
  sessions: [],
  overview: overview(),
  dead: [],
  refusals: [],
  ...more,
});
const titles = (more: Partial<NeedFacts>) => needsOf(facts(more), NOW).map(({ title }) => title);

describe("what needs somebody", () => {
  it("is nothing while agents work, idle or are not known, and messages travel", () => {
    expect(
      titles({ sessions: (["idle", "working", "compacting", "unknown"] as const).map((one) => session(one, one)) }),
    ).toEqual([]);
    expect(titles({ sessions: [session("ada", "gone", { state: "gone" })] })).toEqual([]);
  });

  it("has a command to copy that means one terminal, whatever that is called", () => {
    const communication = { tmux_session: "it's $(touch x) `y`", can_receive_push: false };
    const [need] = needsOf(facts({ sessions: [session("ada", "waiting", { communication })] }), NOW);
    expect(need?.commands).toEqual([`tmux attach -t '=it'"'"'s $(touch x) \`y\`'`]);
  });

  it("is who stands still first, then what can wait, each by how long it has waited", () => {
    const late = { agent_status: { ...status("waiting", "question"), since: before(120_000) } };
    const needs = needsOf(
      facts({
        sessions: [
          session("ada", "waiting", { agent_status: status("waiting", "approval") }),
          session("bo", "waiting", late),
          session("cy", "gone", { binding: null }),
        ],
        dead: [dead({})],
      }),
      NOW,
    );
    expect(needs.map(({ title, now }) => [title, now])).toEqual([
      ["bo asks a question", true],
      ["ada asks for approval", true],
      ["cy ended", false],
      ["Instruction not delivered", false],
    ]);
  });

  it("is a dispatcher that nobody hears, as long as there are agents that wait for messages", () => {
    const silent = overview({
      health: { core_status: "stale", operator_message: "silent", heartbeat: null, queued_count: 2 },
    });
    expect(needsOf(facts({ overview: silent }), NOW)[0]).toMatchObject({
      title: "Dispatch is silent",
      now: true,
      facts: ["2 messages queued"],
    });
    expect(titles({ overview: silent, tasks: [{ ...task, agents: [] }] })).toEqual([]);
  });

  it("is mail that lies for too long, but not what was typed into a terminal", () => {
    const inbox = (items: DeliveredItem[]) =>
      overview({
        inbox: {
          sessions: [{ session_id: "ada", session_name: "ada", pull_required_pending_count: items.length, items }],
        },
      });
    expect(titles({ overview: inbox([item({})]) })).toEqual(["ada has 1 unread message"]);
    expect(titles({ overview: inbox([item({ delivered_at: before(UNREAD_MS - 1) })]) })).toEqual([]);
    expect(titles({ overview: inbox([item({ delivery_mode: "push" })]) })).toEqual([]);
    // The first was given back a moment ago; the second still lies there.
    expect(titles({ overview: inbox([item({ delivered_at: before(0) }), item({ id: 8 })]) })).toEqual([
      "ada has 2 unread messages",
    ]);
  });

  it("is what was taken and left unanswered, but no finished turn", () => {
    const taken = (more: object) => ({
      sessions: [session("ada", "idle")],
      overview: overview({ chains: [{ notifications: [item({ consumed_at: before(UNANSWERED_MS), ...more })] }] }),
    });
    expect(titles(taken({}))).toEqual(["ada has not answered #7"]);
    expect(titles(taken({ signal_type: "worker_task_complete" }))).toEqual([]);
    expect(titles(taken({ acknowledgement: { status: "received" } }))).toEqual([]);
    expect(titles(taken({ consumed_at: before(UNANSWERED_MS - 1) }))).toEqual([]);
  });

  it("is the newest refused finish of a task that is still open", () => {
    const refusal = (created_at: string, error: string, task_id = "t") =>
      ({ task_id, created_at, updated_at: created_at, error }) as unknown as NeedFacts["refusals"][number];
    const refusals = [refusal(before(20), "old"), refusal(before(10), "new"), refusal(before(5), "closed", "gone")];
    expect(needsOf(facts({ refusals }), NOW).map(({ title, why }) => [title, why])).toEqual([
      ["Finish was refused", "new"],
    ]);
    expect(titles({ refusals, tasks: [{ ...task, state: "done" }] })).toEqual([]);
  });

  it("asks before something is sent that may have arrived, and offers no retry that cannot help", () => {
    const offerOf = (retry: string | null) => {
      const group = dead({});
      const [need] = needsOf(
        facts({ dead: [{ ...group, commands: group.commands.map((one) => ({ ...one, retry })) }] }),
        NOW,
      );
      return need?.details[0]?.offer;
    };
    expect(offerOf(null)).toBeNull();
    expect(offerOf("commands retry c-1")).toMatchObject({ act: { input: { command: "c-1" } } });
    expect(offerOf("commands retry c-1")?.consent).toBeUndefined();
    const risky = offerOf("commands retry c-1 --force");
    expect(risky).toMatchObject({ act: { input: { command: "c-1", force: true } } });
    expect(risky?.consent?.consequences).toContain("The terminal may have got this message already.");
  });
});
