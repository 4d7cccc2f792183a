import { writtenLines } from "../transcript-lines.ts";
import { findComposer } from "./composer.ts";
import { isRunningStep } from "./pane-patterns.ts";
import { flat, latestBlockAt, transcriptOf } from "./screen.ts";

/**
 * The lines of a captured screen of Codex that stay when it goes on: without the live footer, which is the composer with
 * what stands under it, and above it the status of a running step, messages that wait, and a warning at the right edge
 * (spec 02 §8.11). A dialog stays: it is no footer. The result is always a beginning of the captured lines, so line
 * numbers hold. Pure.
 */
export function codexTranscriptLines(text: string): string[] {
  const lines = writtenLines(text);
  const composer = findComposer(lines);
  if (composer === null) return lines;
  const transcript = [...transcriptOf(lines, composer)];
  const step = latestBlockAt(transcript);
  const runs = step !== null && isRunningStep(flat(transcript.slice(step)));
  return runs ? withoutBlankEnd(transcript.slice(0, step)) : transcript;
}

function withoutBlankEnd(lines: string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}
