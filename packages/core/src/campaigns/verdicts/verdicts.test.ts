import { describe, expect, it } from "vitest";
import { slotBlockers } from "./blockers.ts";
import { closeoutVerdict, failureMode, proofChecks, summaryOf } from "./closing.ts";
import { slotLifecycle } from "./lifecycle.ts";
import { nextManagerAction } from "./next-action.ts";
import type { CampaignSnapshot, SlotFacts } from "./snapshot.ts";

const NOW = new Date("2026-01-02T03:10:00.000Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();

const slot = (facts: Partial<SlotFacts> = {}): SlotFacts => ({
  slot_key: "tiktok",
  state: "active",
  thread_id: "thr-1",
  worker: null,
  blocked_assignments: [],
  rejected_assets: [],
  assignments: 0,
  receipts: 0,
  ...facts,
});

type Counts = Partial<{
  slots: SlotFacts[];
  assignments: Partial<CampaignSnapshot["assignments"]>;
  assets: Partial<CampaignSnapshot["assets"]>;
  open_rejections: number;
}>;

const campaign = ({ slots = [slot()], assignments, assets, open_rejections = 0 }: Counts = {}): CampaignSnapshot => ({
  now: NOW,
  slots,
  assignments: { queued: 0, active: 0, blocked: 0, done: 0, cancelled: 0, ...assignments },
  assets: { draft: 0, needs_review: 0, approved: 0, rejected: 0, published: 0, ...assets },
  open_rejections,
  channel_briefs: 1,
});

describe("the life of a slot", () => {
  it.each<[string, Partial<SlotFacts>, string, number | null]>([
    ["archived before everything", { state: "archived", thread_id: null }, "archived", null],
    ["blocked before a missing thread", { state: "blocked", thread_id: null }, "blocked", null],
    ["no thread", { thread_id: null, worker: { last_heartbeat_at: ago(1) } }, "needs_thread", null],
    ["a thread alone is as its state says", { state: "planned" }, "planned", null],
    ["a thread alone, idle", { state: "idle" }, "idle", null],
    ["heard of just now", { worker: { last_heartbeat_at: ago(0) } }, "active", null],
    ["heard of in the future", { worker: { last_heartbeat_at: ago(-60) } }, "active", null],
    ["heard of 300 seconds ago", { worker: { last_heartbeat_at: ago(300) } }, "active", null],
    ["heard of longer ago", { worker: { last_heartbeat_at: ago(300.4) } }, "stale", 300],
    ["heard of long ago", { worker: { last_heartbeat_at: ago(301) } }, "stale", 301],
    ["never heard of", { worker: { last_heartbeat_at: null } }, "stale", null],
    ["heard of at no time", { worker: { last_heartbeat_at: "yesterday" } }, "stale", null],
  ])("%s", (_what, facts, state, stale_seconds) => {
    const found = slotLifecycle(slot(facts), NOW);
    expect(found).toMatchObject({ state, stale: state === "stale", stale_seconds });
    expect(found.operator_message).toMatch(/^[A-Z].*\.$/);
  });
});

describe("what stands in the way of a slot", () => {
  it.each<[string, Partial<SlotFacts>, string[]]>([
    ["nothing", {}, []],
    ["its state", { state: "blocked" }, ["slot_blocked"]],
    ["a missing thread", { thread_id: null }, ["needs_thread"]],
    ["a stale worker", { worker: { last_heartbeat_at: null } }, ["stale"]],
    [
      "all of it, in order",
      { state: "blocked", blocked_assignments: ["a", "b"], rejected_assets: ["c"] },
      ["slot_blocked", "assignment_blocked", "assignment_blocked", "asset_rejected"],
    ],
    ["nothing when it is over", { state: "archived", thread_id: null, rejected_assets: ["c"] }, []],
  ])("%s", (_what, facts, codes) => {
    expect(slotBlockers(slot(facts), NOW).map(({ code }) => code)).toEqual(codes);
  });

  it("is told by key and title", () => {
    const texts = slotBlockers(slot({ thread_id: null, blocked_assignments: ["clip 1"] }), NOW).map(({ text }) => text);
    expect(texts).toEqual(['slot "tiktok" needs an app thread', 'assignment "clip 1" is blocked']);
  });
});

describe("what a manager does next", () => {
  const all: Counts = {
    slots: [slot({ state: "blocked" }), slot({ thread_id: null })],
    assignments: { blocked: 1, queued: 1 },
    assets: { needs_review: 1, approved: 1 },
  };
  it.each<[string, Counts]>([
    ["add_worker_slots", { slots: [] }],
    ["add_worker_slots", { slots: [slot({ state: "archived" })], assignments: { queued: 1 } }],
    ["resolve_worker_blockers", all],
    ["wake_or_rotate_workers", { ...all, slots: [slot({ thread_id: null })] }],
    ["wake_or_rotate_workers", { ...all, slots: [slot({ worker: { last_heartbeat_at: ago(999) } })] }],
    ["resolve_assignment_blockers", { ...all, slots: [slot()] }],
    ["review_assets", { assignments: { active: 1 }, assets: { needs_review: 1, approved: 1 } }],
    ["review_assets", { assets: { rejected: 1 }, open_rejections: 1 }],
    ["monitor_workers", { assignments: { queued: 1 }, assets: { approved: 1 } }],
    ["monitor_workers", { assignments: { active: 1 } }],
    ["close_campaign", { assets: { approved: 1 } }],
    ["close_campaign", { assets: { published: 1 } }],
    ["close_campaign", { assets: { approved: 1, rejected: 3 } }],
    ["close_campaign", { slots: [slot({ state: "archived" })], assets: { approved: 1 } }],
    ["review_assets", { slots: [slot({ state: "archived" })], assets: { needs_review: 1 } }],
    ["assign_work", { assets: { draft: 2 }, assignments: { done: 4, cancelled: 1 } }],
    ["assign_work", {}],
  ])("is %s for %j", (action, counts) => {
    const next = nextManagerAction(campaign(counts));
    expect(next.action).toBe(action);
    expect(next.reason).not.toBe("");
  });
});

describe("whether a campaign may be closed", () => {
  it.each<[string, Counts]>([
    ["blocked", { slots: [slot({ state: "blocked" })], assets: { approved: 1 } }],
    ["blocked", { slots: [slot({ thread_id: null })], assets: { approved: 1 } }],
    ["blocked", { slots: [slot({ worker: { last_heartbeat_at: null } })], assets: { approved: 1 } }],
    ["blocked", { assignments: { blocked: 1 }, assets: { approved: 1 } }],
    ["blocked", { slots: [slot({ rejected_assets: ["c"] })], assets: { rejected: 1 }, open_rejections: 1 }],
    ["ready_to_close", { assets: { approved: 1 }, assignments: { done: 1 } }],
    ["ready_to_close", { slots: [slot({ state: "archived", thread_id: null })], assets: { published: 1 } }],
    ["needs_review", { assets: { needs_review: 1, approved: 4 } }],
    ["needs_work", { assignments: { active: 1 }, assets: { approved: 1 } }],
    ["needs_work", {}],
    ["needs_work", { slots: [] }],
  ])("%s for %j", (verdict, counts) => {
    expect(closeoutVerdict(campaign(counts))).toBe(verdict);
  });

  const NONE = { without_receipt: 0, with_several: 0, undecided: 0 };
  it.each<[string, Counts, typeof NONE, string[]]>([
    ["all decided", { assets: { approved: 2 } }, NONE, ["passed", "passed", "passed", "passed", "passed"]],
    ["nothing made", {}, NONE, ["passed", "passed", "passed", "passed", "attention"]],
    [
      "waiting for review",
      { assets: { needs_review: 1 } },
      { ...NONE, undecided: 1 },
      ["passed", "passed", "passed", "passed", "passed"],
    ],
    [
      "published while others wait",
      { assets: { needs_review: 1, published: 1 } },
      { ...NONE, undecided: 2 },
      ["passed", "passed", "passed", "passed", "attention"],
    ],
    [
      "approved by nobody on record",
      { assets: { approved: 1 } },
      { ...NONE, undecided: 1 },
      ["passed", "passed", "passed", "passed", "attention"],
    ],
    [
      "a slot without any receipt",
      { slots: [slot({ assignments: 1 })], assets: { approved: 1 } },
      NONE,
      ["passed", "passed", "attention", "passed", "passed"],
    ],
    [
      "one assignment of many without a receipt",
      { slots: [slot({ assignments: 2, receipts: 1 })], assets: { approved: 1 } },
      { ...NONE, without_receipt: 1 },
      ["passed", "passed", "attention", "passed", "passed"],
    ],
    [
      "two receipts for one",
      { assets: { approved: 2 } },
      { ...NONE, with_several: 1 },
      ["passed", "passed", "passed", "attention", "passed"],
    ],
    [
      "a blocked slot",
      { slots: [slot({ state: "blocked" })], assets: { approved: 2 } },
      NONE,
      ["passed", "failed", "passed", "passed", "passed"],
    ],
  ])("the checks of a campaign with %s", (_what, counts, receipts, statuses) => {
    const checks = proofChecks(campaign(counts), receipts);
    expect(checks.map(({ status }) => status)).toEqual(statuses);
    expect(checks.map(({ check }) => check)).toEqual([
      "dashboard_loaded",
      "blockers_absent",
      "active_worker_slots_have_receipts",
      "assignment_receipt_counts",
      "human_review_gate",
    ]);
  });

  it("counts slots by state and stale ones by their life", () => {
    const slots = [
      slot({ worker: { last_heartbeat_at: null } }),
      slot({ state: "archived" }),
      slot({ state: "blocked" }),
    ];
    expect(summaryOf(campaign({ slots, assignments: { blocked: 1, done: 2 }, assets: { draft: 3 } }))).toEqual({
      active_slots: 1,
      archived_slots: 1,
      blocked_slots: 1,
      stale_slots: 1,
      assignment_total: 3,
      asset_total: 3,
      blocked_assignments: 1,
      channel_briefs: 1,
    });
  });

  it("names the failure that it was asked about, else that of a hidden receipt, with figures", () => {
    const found = failureMode(campaign({ slots: [slot({ assignments: 2, receipts: 1 })] }), undefined);
    expect(found.strongest_realistic_failure_mode).toContain("duplicate or missing receipt");
    expect(found.evidence).toContain("tiktok 2/1");
    expect(failureMode(campaign(), " the wrong cut ").strongest_realistic_failure_mode).toBe("the wrong cut");
  });
});
