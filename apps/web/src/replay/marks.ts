import type { Tone } from "../lib/tone.ts";
import type { GlyphName } from "../parts/glyph.tsx";

const MARKS: readonly [RegExp, { glyph: GlyphName; tone: Tone }][] = [
  [/refus|block|held/, { glyph: "held", tone: "warn" }],
  [/fail|error/, { glyph: "failed", tone: "bad" }],
  [/criteri/, { glyph: "claimed", tone: "mute" }],
  [/finish|succeeded|delivered|acknowledg/, { glyph: "done", tone: "good" }],
];

/** The outline of a kind of entry. Pure. */
export function markOf(kind: string): { glyph: GlyphName; tone: Tone } {
  return MARKS.find(([pattern]) => pattern.test(kind))?.[1] ?? { glyph: "dot", tone: "mute" };
}
