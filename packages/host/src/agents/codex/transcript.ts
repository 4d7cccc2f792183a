import { writtenLines } from "../transcript-lines.ts";
import { composerLine } from "./screen.ts";

/** The running step that stands above the composer and changes every second. */
const STATUS_LINE = /^[•◦⠀-⣿]?\s*\S.*\((?:\d+h )?(?:\d+m )?\d+s • esc to interrupt\)/;

/**
 * The lines of a captured screen of Codex that stay when it goes on: without the live footer, which is the composer with
 * what stands under it and the status of a running step above it (spec 02 §8.11). A dialog stays: it is no footer. The
 * result is always a beginning of the captured lines, so line numbers hold. Pure.
 */
export function codexTranscriptLines(text: string): string[] {
  const lines = writtenLines(text);
  const composer = composerLine(lines);
  if (composer === null) return lines;
  const above = withoutBlankEnd(lines.slice(0, composer));
  const status = above.at(-1);
  return status !== undefined && STATUS_LINE.test(status) ? withoutBlankEnd(above.slice(0, -1)) : above;
}

function withoutBlankEnd(lines: string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}
