import type { Criterion, CriterionStanding, TaskProof } from "../live/operations.ts";
import type { GlyphName } from "../parts/glyph.tsx";
import type { Tone } from "./tone.ts";

type Status = Criterion["status"];

interface Look {
  word: string;
  glyph: GlyphName;
  tone: Tone;
  /** Its segment in a proof bar. */
  segment: "claimed" | "unproven" | "waived";
}

/**
 * How a criterion stands. Nothing has been verified by Conveyor itself: what somebody declared to be met is a claim, with
 * what they gave as proof beside it.
 */
export const CRITERION_LOOKS: Readonly<Record<Status, Look>> = {
  proposed: { word: "Proposed", glyph: "unproven", tone: "mute", segment: "unproven" },
  accepted: { word: "Open", glyph: "idle", tone: "mute", segment: "unproven" },
  satisfied: { word: "Met", glyph: "claimed", tone: "mute", segment: "claimed" },
  deferred: { word: "Later", glyph: "waived", tone: "mute", segment: "waived" },
  rejected: { word: "Dropped", glyph: "waived", tone: "mute", segment: "waived" },
};

const ORDER: readonly Status[] = ["satisfied", "accepted", "proposed", "deferred"];

/** The criteria that count, in the order of a bar: dropped ones are not among them. */
export function barOf(criteria: readonly Criterion[]): readonly Criterion[] {
  return criteria
    .filter(({ status }) => status !== "rejected")
    .toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.id - b.id);
}

/** How many of those that have to be met are met. */
export function metOf(criteria: readonly Criterion[]): { met: number; of: number } {
  const met = criteria.filter(({ status }) => status === "satisfied").length;
  const open = criteria.filter(({ status }) => status === "accepted" || status === "proposed").length;
  return { met, of: met + open };
}

/** The same for those who do not see the bar: `2 met, 1 open`. */
export function spokenProof(criteria: readonly Criterion[]): string {
  return (["satisfied", "accepted", "proposed", "deferred"] as const)
    .map((status) => ({ word: CRITERION_LOOKS[status].word.toLowerCase(), count: count(criteria, status) }))
    .filter((one) => one.count > 0)
    .map((one) => `${one.count} ${one.word}`)
    .join(", ");
}

const count = (criteria: readonly Criterion[], status: Status) =>
  criteria.filter((one) => one.status === status).length;

/** How far a criterion is proven, in words and by outline; the order is that of a bar. */
export const PROOF_LOOKS: Readonly<Record<CriterionStanding["state"], { word: string; glyph: GlyphName; tone: Tone }>> =
  {
    verified: { word: "Verified", glyph: "verified", tone: "good" },
    waived: { word: "Waived", glyph: "waived", tone: "mute" },
    running: { word: "Running", glyph: "running", tone: "busy" },
    stale: { word: "Stale", glyph: "stale", tone: "warn" },
    doubtful: { word: "In doubt", glyph: "claimed", tone: "doubt" },
    failed: { word: "Failed", glyph: "failed", tone: "bad" },
    claimed: { word: "Claimed", glyph: "claimed", tone: "mute" },
    unproven: { word: "No proof", glyph: "unproven", tone: "mute" },
  };

const STATES = Object.keys(PROOF_LOOKS) as CriterionStanding["state"][];

/** The states of a report's criteria in the order of a bar; what was dropped or put off is not among them. Pure. */
export function segmentsOf({ criteria }: Pick<TaskProof, "criteria">): CriterionStanding["state"][] {
  return criteria
    .filter(({ status }) => status !== "rejected" && status !== "deferred")
    .map(({ state }) => state)
    .toSorted((a, b) => STATES.indexOf(a) - STATES.indexOf(b));
}
