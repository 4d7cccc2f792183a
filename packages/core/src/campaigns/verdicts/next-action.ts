import type { NextManagerAction } from "@conveyor/contracts/campaigns/entities";
import type { ManagerAction } from "@conveyor/contracts/campaigns/words";
import { plural } from "@conveyor/contracts/plural";
import { slotLifecycle } from "./lifecycle.ts";
import type { CampaignSnapshot } from "./snapshot.ts";

/** What a manager looks at, counted once. */
interface Counted {
  living_slots: number;
  blocked_slots: number;
  needing_slots: number;
  blocked_assignments: number;
  reviewable: number;
  open_assignments: number;
  decided: number;
}

/** The first row whose count says so decides (spec 06 §6.4.2); `because` tells the count in words. */
const RULES: readonly {
  action: ManagerAction;
  holds(counted: Counted): boolean;
  because(counted: Counted): string;
}[] = [
  {
    action: "add_worker_slots",
    holds: ({ living_slots, reviewable, decided }) => living_slots === 0 && reviewable + decided === 0,
    because: () => "there is no slot that takes work, and nothing to review",
  },
  {
    action: "resolve_worker_blockers",
    holds: ({ blocked_slots }) => blocked_slots > 0,
    because: ({ blocked_slots }) => is(blocked_slots, "slot", "blocked"),
  },
  {
    action: "wake_or_rotate_workers",
    holds: ({ needing_slots }) => needing_slots > 0,
    because: ({ needing_slots }) => is(needing_slots, "slot", "stale or without a thread or session"),
  },
  {
    action: "resolve_assignment_blockers",
    holds: ({ blocked_assignments }) => blocked_assignments > 0,
    because: ({ blocked_assignments }) => is(blocked_assignments, "assignment", "blocked"),
  },
  {
    action: "review_assets",
    holds: ({ reviewable }) => reviewable > 0,
    because: ({ reviewable }) =>
      `${plural(reviewable, "asset")} ${reviewable === 1 ? "waits" : "wait"} for review or ${reviewable === 1 ? "was" : "were"} rejected`,
  },
  {
    action: "monitor_workers",
    holds: ({ open_assignments }) => open_assignments > 0,
    because: ({ open_assignments }) => is(open_assignments, "assignment", "queued or active"),
  },
  {
    action: "close_campaign",
    holds: ({ decided }) => decided > 0,
    because: ({ decided }) => `${is(decided, "asset", "approved or published")}, and nothing is left to do`,
  },
  {
    action: "assign_work",
    holds: () => true,
    because: () => "there are slots, and nothing is assigned",
  },
];

/** What the manager of a campaign does next, and why (spec 06 §6.4.2). Pure. */
export function nextManagerAction(snapshot: CampaignSnapshot): NextManagerAction {
  const counted = countedIn(snapshot);
  const rule = RULES.find(({ holds }) => holds(counted)) as (typeof RULES)[number];
  return { action: rule.action, reason: rule.because(counted) };
}

function countedIn({ slots, assignments, assets, open_rejections, now }: CampaignSnapshot): Counted {
  const needs: readonly string[] = ["stale", "needs_session", "needs_thread"];
  return {
    living_slots: slots.filter(({ state }) => state !== "archived").length,
    blocked_slots: slots.filter(({ state }) => state === "blocked").length,
    needing_slots: slots.filter((slot) => needs.includes(slotLifecycle(slot, now).state)).length,
    blocked_assignments: assignments.blocked,
    reviewable: assets.needs_review + open_rejections,
    open_assignments: assignments.queued + assignments.active,
    decided: assets.approved + assets.published,
  };
}

const is = (amount: number, noun: string, what: string) =>
  `${plural(amount, noun)} ${amount === 1 ? "is" : "are"} ${what}`;
