import { describe, expect, it } from "vitest";
import { NO_STATUS } from "./config.ts";
import { ageSeconds, type HealthFacts, judgeHealth, sessionActivity } from "./health.ts";
import { newerStatus } from "./look.ts";
import { hasReported } from "./verify.ts";
import { nextStep, startupAdvice } from "./wait-ready.ts";

const FRESH: HealthFacts = {
  terminal: "running",
  state: "editing",
  blocker: null,
  capture_error: null,
  busy_wait: null,
  status_age_seconds: 10,
  status_stale_seconds: 300,
  terminal_age_seconds: 10,
  terminal_stale_seconds: 300,
  activity: null,
};
const BUSY = { pattern: "mcp_startup", reason: "starting", recommended_action: "inspect_or_interrupt" };
const OLD = { status_age_seconds: 300, terminal_age_seconds: 301 };

describe("the verdict on a worker", () => {
  const rows: [what: string, facts: Partial<HealthFacts>, health: string, action: string][] = [
    ["nothing runs", { terminal: "not_running", state: "blocked" }, "stopped", "none"],
    ["it has no terminal", { terminal: "no_terminal", activity: "busy" }, "stopped", "none"],
    ["tmux is denied", { terminal: "tmux_denied", capture_error: "denied" }, "stopped", "none"],
    ["tmux is not installed", { terminal: "tmux_missing" }, "stopped", "none"],
    ["tmux answers nonsense", { terminal: "tmux_error", capture_error: "boom" }, "unknown", "inspect_terminal"],
    [
      "it is blocked, whatever the screen",
      { state: "blocked", capture_error: "x", busy_wait: BUSY },
      "blocked",
      "read_blocker",
    ],
    ["it is done, although all is old", { state: "done", ...OLD }, "done", "review_result"],
    ["its terminal cannot be read", { capture_error: "gone", busy_wait: BUSY }, "unknown", "inspect_terminal"],
    ["the screen waits for somebody", { busy_wait: BUSY, ...OLD }, "busy_wait", "inspect_or_interrupt"],
    ["screen and report are old", OLD, "stale", "ask_for_status"],
    [
      "nobody knows how old anything is",
      { status_age_seconds: null, terminal_age_seconds: null },
      "stale",
      "ask_for_status",
    ],
    ["only the screen is old", { terminal_age_seconds: 300 }, "quiet", "wait"],
    ["only the report is old", { status_age_seconds: 300 }, "status_stale", "wait"],
    ["one second is left", { status_age_seconds: 299, terminal_age_seconds: 299 }, "active", "none"],
    ["a threshold is zero", { terminal_age_seconds: 0, terminal_stale_seconds: 0 }, "quiet", "wait"],
    ["all is fresh", {}, "active", "none"],
  ];
  it.each(rows)("when %s", (_what, facts, health, recommended_action) => {
    expect(judgeHealth({ ...FRESH, ...facts })).toMatchObject({ health, recommended_action });
  });

  it("says why a worker counts as stopped, and what its rollout tells", () => {
    const reasons = (["not_running", "no_terminal", "tmux_denied", "tmux_missing"] as const).map(
      (terminal) => judgeHealth({ ...FRESH, terminal }).reason,
    );
    expect(new Set(reasons).size).toBe(4);
    expect(judgeHealth({ ...FRESH, terminal: "no_terminal", activity: "busy" }).reason).toContain("rollout says busy");
  });
});

describe("an age", () => {
  const now = new Date("2026-01-01T00:01:00.000Z");
  it.each([
    ["2026-01-01T00:00:00Z", 60],
    ["2026-01-01T00:00:59.999Z", 0],
    ["2026-01-01T00:05:00Z", 0],
    ["soon", null],
    [null, null],
  ])("since %s is %s", (at, age) => expect(ageSeconds(at, now)).toBe(age));
});

describe("the state of a registered session", () => {
  const turn = (started_at: string) =>
    ({ started_at }) as NonNullable<Parameters<typeof sessionActivity>[0]["turns"]["turn"]>;
  const at = (time: string) => `2026-01-01T${time}Z`;
  it.each([
    ["its report, when no turn began since", at("10:00:00"), at("09:00:00"), at("09:30:00"), "blocked", at("10:00:00")],
    [
      "unknown, when a turn began after the report",
      at("10:00:00"),
      at("10:00:00.500"),
      at("10:05:00"),
      "unknown",
      at("10:05:00"),
    ],
  ])("is %s", (_what, reported, began, event, state, signed_at) => {
    const turns = { state: "busy" as const, turn: turn(began), last_state_event_at: event };
    expect(sessionActivity({ report: { state: "blocked", created_at: reported }, turns })).toEqual({
      state,
      signed_at,
    });
  });

  it("is unknown without a report, and its rollout is the sign of life", () => {
    const turns = { state: "idle" as const, turn: null, last_state_event_at: at("10:00:00") };
    expect(sessionActivity({ report: null, turns })).toEqual({ state: "unknown", signed_at: at("10:00:00") });
  });
});

describe("of the ledger's status and the file", () => {
  const status = (last_update: string | null, current_task: string) => ({ ...NO_STATUS, last_update, current_task });
  it.each([
    ["2026-01-01T10:00:00.000Z", "2026-01-01T09:00:00Z", "row"],
    ["2026-01-01T10:00:00.000Z", "2026-01-01T10:00:00Z", "row"],
    ["2026-01-01T10:00:00.000Z", "2026-01-01T11:00:00Z", "file"],
    ["2026-01-01T10:00:00.000Z", null, "row"],
    ["2026-01-01T10:00:00.000Z", "later", "row"],
  ])("row %s and file %s: the %s counts", (row, file, which) => {
    expect(newerStatus(status(row, "row"), status(file, "file")).current_task).toBe(which);
  });
  it("the file counts when the ledger knows nothing", () => {
    expect(newerStatus(null, status(null, "file")).current_task).toBe("file");
  });
});

describe("the wait for a start", () => {
  it.each([
    ["starting", true, false, "wait"],
    ["ready", true, false, "end"],
    ["working", false, false, "end"],
    ["error", false, false, "end"],
    ["exited", true, true, "end"],
    ["needs_trust", false, false, "end"],
    ["needs_trust", true, false, "accept_trust"],
    ["needs_trust", true, true, "wait"],
  ] as const)("at %s, may accept %s, accepted %s: %s", (startup, may_accept, accepted, step) => {
    expect(nextStep({ startup, reason: "" }, { may_accept, accepted })).toBe(step);
  });

  it.each([
    ["needs_trust", "rerun_with_accept_trust"],
    ["starting", "inspect_terminal"],
    ["exited", "inspect_terminal"],
    ["ready", "none"],
    ["working", "none"],
  ] as const)("ends at %s with the advice %s", (startup, advice) => expect(startupAdvice(startup)).toBe(advice));
});

describe("a first report", () => {
  const before = {
    ...NO_STATUS,
    state: "waiting" as const,
    current_task: "t",
    last_update: "2026-01-01T10:00:00.000Z",
  };
  it.each([
    ["the same status", before, false],
    ["a state that only a worker sets", { ...before, state: "planning" as const }, true],
    ["another time", { ...before, last_update: "2026-01-01T10:00:01.000Z" }, true],
    ["another task", { ...before, current_task: "u" }, true],
    ["a file that was damaged", NO_STATUS, false],
  ])("is %s: %s", (_what, now, reported) => expect(hasReported(before, now) !== null).toBe(reported));
});
