import type { Criterion } from "../live/operations.ts";
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
