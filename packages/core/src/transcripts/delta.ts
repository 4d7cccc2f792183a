import type { TranscriptMode } from "@conveyor/contracts";

/** Lines of the delta that an excerpt keeps (spec 02 §2). */
const EXCERPT_LINES = 40;

/** What a capture shows that the one before did not: nothing, what came after it, or another screen altogether. */
export type Delta = { kind: "none" } | { kind: "segment" | "reset"; start_line: number; lines: readonly string[] };

/** A transcript segment about to be stored; lines are counted from 1 in the capture. */
export interface Segment {
  kind: "metadata" | "excerpt" | "snapshot" | "segment" | "reset";
  text: string | null;
  start_line: number | null;
  end_line: number | null;
}

/** Fewer lines than these are found below a pinned one by chance, too. */
const LEAST_BELOW_PINNED = 3;

/**
 * Compare the lines of two captures (spec 02 §8.11): what follows the longest end of the old one that is a beginning of
 * the new one. Without such an overlap the new one counts as a whole, unless it begins with at most `pinned` lines that
 * the program keeps at the top while the transcript scrolls below them. `old` is null when there is none to compare
 * with. Pure; takes time in proportion to the number of lines.
 */
export function transcriptDelta(old: readonly string[] | null, now: readonly string[], pinned = 0): Delta {
  if (now.length === 0) return { kind: "none" };
  const overlap = old === null ? 0 : overlapOf(old, now, pinned);
  if (overlap === now.length) return { kind: "none" };
  if (overlap === 0) return { kind: "reset", start_line: 1, lines: now };
  return { kind: "segment", start_line: overlap + 1, lines: now.slice(overlap) };
}

/** How many lines of the new capture are known: the overlap, and the pinned lines above it. */
function overlapOf(old: readonly string[], now: readonly string[], pinned: number): number {
  const overlap = longestOverlap(old, now);
  if (overlap > 0) return overlap;
  for (let above = 1; above <= pinned; above += 1) {
    const below = longestOverlap(old, now.slice(above));
    const written = now.slice(above, above + below).filter((line) => line !== "").length;
    if (written >= LEAST_BELOW_PINNED) return above + below;
  }
  return 0;
}

/** What of a delta the mode keeps; null when nothing is to be stored. Pure. */
export function segmentOf(mode: TranscriptMode, delta: Delta, now: readonly string[]): Segment | null {
  if (mode === "metadata") return { kind: "metadata", text: null, start_line: null, end_line: null };
  if (delta.kind === "none") return null;
  switch (mode) {
    case "excerpt": {
      const left_out = Math.max(0, delta.lines.length - EXCERPT_LINES);
      return segment("excerpt", delta.start_line + left_out, delta.lines.slice(left_out));
    }
    case "snapshot":
      return segment("snapshot", 1, now);
    case "segment":
    case "full":
      return segment(delta.kind, delta.start_line, delta.lines);
  }
}

function segment(kind: Segment["kind"], start_line: number, lines: readonly string[]): Segment {
  return { kind, text: lines.join("\n"), start_line, end_line: start_line + lines.length - 1 };
}

/**
 * The largest k such that the last k lines of `old` equal the first k of `now`, by Knuth, Morris and Pratt: a screen full
 * of equal lines must not cost the square of its length.
 */
function longestOverlap(old: readonly string[], now: readonly string[]): number {
  const fallback = borders(now);
  let matched = 0;
  for (const line of old.slice(-now.length)) {
    while (matched > 0 && (matched === now.length || now[matched] !== line)) matched = fallback[matched - 1] ?? 0;
    if (now[matched] === line) matched += 1;
  }
  return matched;
}

/** For each beginning of the lines the length of its longest proper end that is also its beginning. */
function borders(lines: readonly string[]): number[] {
  const lengths = [0];
  let length = 0;
  for (let i = 1; i < lines.length; i++) {
    while (length > 0 && lines[i] !== lines[length]) length = lengths[length - 1] ?? 0;
    if (lines[i] === lines[length]) length += 1;
    lengths.push(length);
  }
  return lengths;
}
