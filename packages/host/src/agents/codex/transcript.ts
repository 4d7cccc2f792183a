import { writtenLines } from "../transcript-lines.ts";
import { findComposer } from "./composer.ts";
import { isRunningStep } from "./pane-patterns.ts";
import { flat, latestBlockAt, transcriptOf } from "./screen.ts";

/** Steps that have begun; when they end, other words stand in their place. */
const UNFINISHED_STEP = /^[•◦⠀-⣿] (?:Running|Calling|Exploring) /;

/**
 * The lines of a captured screen of Codex that stay when it goes on: without the live footer, which is the composer with
 * what stands under it, and above it steps that run, messages that wait, and a warning at the right edge (spec 02 §8.11).
 * Each of these moves down or changes as the transcript grows, so that two captures would have no lines in common. A
 * dialog stays: it is no footer. The result is always a beginning of the captured lines, so line numbers hold. Pure.
 */
export function codexTranscriptLines(text: string): string[] {
  const lines = writtenLines(text);
  const composer = findComposer(lines);
  if (composer === null) return lines;
  let transcript = [...transcriptOf(lines, composer)];
  for (let step = latestBlockAt(transcript); step !== null; step = latestBlockAt(transcript)) {
    const block = flat(transcript.slice(step));
    if (!isRunningStep(block) && !UNFINISHED_STEP.test(block)) break;
    transcript = withoutBlankEnd(transcript.slice(0, step));
  }
  return transcript;
}

function withoutBlankEnd(lines: string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}
