import { describe, expect, it } from "vitest";
import { judgeStatus, type PaneMeaning, type Seen } from "./agent-status.ts";
import { type Observed, openObserved } from "./observed.ts";

const AT = "2026-11-02T08:00:00.000Z";
const LATER = "2026-11-02T08:05:00.000Z";
const ROLLOUT = "/rollouts/one.jsonl";

type Turn = NonNullable<Observed["turns"]["open"]>;

function turn(more: Partial<Turn>): Turn {
  return {
    turn_id: "t1",
    kind: "work",
    started_at: AT,
    ended_at: null,
    outcome: "running",
    error_info: null,
    ...more,
  } as Turn;
}

function observed({
  open = null,
  ended = null,
  asks,
}: {
  open?: Turn | null;
  ended?: Turn | null;
  asks?: "approval" | "question";
}) {
  const { turns, attention, last } = openObserved(null, null);
  const state = open !== null ? "busy" : ended !== null ? "idle" : "unknown";
  return JSON.stringify({
    turns: { ...turns, open, latest_ended: ended, latest_ended_work: ended, state, last_state_event_at: AT },
    attention: asks ? { ...attention, waiting: [{ call_id: "c", attention: asks, turn_id: "t1", at: AT }] } : attention,
    last,
  } satisfies Observed);
}

const screen = (attention: PaneMeaning["attention"], startup: PaneMeaning["startup"]["state"] = "starting") =>
  ({ attention, startup: { state: startup, reason: "" }, title: null }) satisfies PaneMeaning;

const seen = (pane: PaneMeaning, bytes = 100): Seen => ({
  pane: { ...pane, at: LATER, since: LATER, rollout: { path: ROLLOUT, bytes } },
  process: null,
});

function status(
  facts: { observation?: string; seen?: Seen; offset?: number; liveness?: string; state?: string },
  alive: boolean | null = true,
) {
  return judgeStatus(
    {
      state: facts.state ?? "active",
      liveness: facts.liveness ?? "pid",
      thread_id: null,
      record_path: ROLLOUT,
      last_ingest_offset: facts.offset ?? 100,
      observation_json: facts.observation ?? null,
      seen_json: facts.seen === undefined ? null : JSON.stringify(facts.seen),
    },
    alive,
  );
}

const busy = observed({ open: turn({}) });
const done = observed({ ended: turn({ outcome: "completed", ended_at: LATER }) });

describe("the status of an agent", () => {
  it.each([
    ["nothing is known", {}, { phase: "unknown", state: "unknown", sources: [] }],
    ["a turn is open", { observation: busy }, { phase: "working", state: "busy", since: AT, confidence: "strong" }],
    ["it only compacts", { observation: observed({ open: turn({ kind: "maintenance" }) }) }, { phase: "compacting" }],
    ["its turn ended", { observation: done }, { phase: "idle", state: "idle", since: LATER }],
    [
      "its turn was interrupted",
      { observation: observed({ ended: turn({ outcome: "interrupted" }) }) },
      { phase: "idle", detail: "was interrupted" },
    ],
    [
      "its turn failed",
      { observation: observed({ ended: turn({ outcome: "failed", error_info: "usage_limit_exceeded" }) }) },
      { phase: "failed", state: "idle", detail: "its last turn failed: usage_limit_exceeded" },
    ],
    [
      "a turn after a failed one is open",
      { observation: observed({ open: turn({ turn_id: "t2" }), ended: turn({ outcome: "failed" }) }) },
      { phase: "working" },
    ],
    [
      "the rollout holds an unanswered escalation",
      { observation: observed({ open: turn({}), asks: "approval" }) },
      { phase: "waiting", attention: "approval", confidence: "weak", since: AT, sources: ["rollout"] },
    ],
    [
      "rollout and screen agree on a question",
      { observation: observed({ open: turn({}), asks: "question" }), seen: seen(screen("question")) },
      { phase: "waiting", attention: "question", confidence: "strong", sources: ["tmux", "rollout"] },
    ],
    [
      "only the screen shows an approval",
      { observation: busy, seen: seen(screen("approval")) },
      { phase: "waiting", attention: "approval", since: LATER, sources: ["tmux"] },
    ],
    [
      "the screen shows work where the rollout holds an escalation",
      { observation: observed({ open: turn({}), asks: "approval" }), seen: seen(screen("none", "working")) },
      { phase: "working", attention: "none" },
    ],
    [
      "the rollout has grown since the screen showed an approval",
      { observation: busy, seen: seen(screen("approval"), 60) },
      { phase: "working", attention: "none" },
    ],
    ["it has not begun and asks for trust", { seen: seen(screen("trust")) }, { phase: "waiting", attention: "trust" }],
    [
      "it has not begun and shows its composer",
      { seen: seen(screen("none", "ready")) },
      { phase: "idle", confidence: "guess", sources: ["tmux"] },
    ],
  ] as const)("when %s", (_when, facts, expected) => {
    expect(status(facts)).toMatchObject(expected);
  });

  it("is dead when its process has ended, whatever stood on its screen, and lives again when the machine says so", () => {
    const dead: Seen = { ...seen(screen("approval")), process: { alive: false, since: LATER } };
    expect(status({ observation: busy, seen: seen(screen("approval")) }, false)).toMatchObject({
      phase: "gone",
      since: null,
    });
    expect(status({ observation: busy, seen: dead }, null)).toMatchObject({
      phase: "gone",
      since: LATER,
      sources: ["process"],
    });
    expect(status({ observation: busy, seen: dead }, true)).toMatchObject({ phase: "waiting" });
    expect(status({ observation: done, state: "gone" })).toMatchObject({
      phase: "gone",
      detail: "the session has ended",
    });
  });

  it("is never dead for being silent only", () => {
    expect(status({ observation: done, liveness: "heartbeat" }, false)).toMatchObject({ phase: "idle" });
    expect(status({ observation: done, liveness: "none" }, null)).toMatchObject({ phase: "idle" });
  });
});
