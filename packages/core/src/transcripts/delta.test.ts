import type { TranscriptMode } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import { segmentOf, transcriptDelta } from "./delta.ts";

const words = (text: string) => (text === "" ? [] : text.split(" "));

describe("what is new in a capture", () => {
  it.each<[what: string, old: string | null, now: string, kind: string, start: number | null, lines: string]>([
    ["everything, when there is no earlier one", null, "a b c", "reset", 1, "a b c"],
    ["nothing, when both are equal", "a b c", "a b c", "none", null, ""],
    ["what was added below", "a b", "a b c d", "segment", 3, "c d"],
    ["what was added, when the top scrolled away", "a b c", "b c d", "segment", 3, "d"],
    ["nothing, when only the top scrolled away", "a b c", "c", "none", null, ""],
    ["everything, when nothing is left of the old one", "a b", "x y", "reset", 1, "x y"],
    ["everything, when the old lines stand elsewhere", "a b", "x a b", "reset", 1, "x a b"],
    ["the longest overlap counts, not the first found", "x a a", "a a a b", "segment", 3, "a b"],
    ["an overlap inside of a longer false one", "a b a b a c", "a b a c d", "segment", 5, "d"],
    ["blank lines inside count like others", "a  b", "a  b c", "segment", 4, "c"],
    ["nothing, when the screen is empty", "a", "", "none", null, ""],
    ["everything, when the old screen was empty", "", "a", "reset", 1, "a"],
    ["an old one longer than the new one", "a b c d e f", "e f g", "segment", 3, "g"],
  ])("is %s", (_what, old, now, kind, start, lines) => {
    const delta = transcriptDelta(old === null ? null : words(old), words(now));
    expect(delta).toEqual(kind === "none" ? { kind } : { kind, start_line: start, lines: words(lines) });
  });

  it.each<[what: string, old: string, now: string, kind: string, start: number | null]>([
    ["what was added below lines that scrolled on below a pinned one", "a b c d", "p b c d e", "segment", 5],
    ["nothing, when they only scrolled", "a b c d", "p b c d", "none", null],
    ["everything, when too few lines agree", "a b c d", "p c d e", "reset", 1],
    ["everything, when blank lines agree only", "a    d", "p    e", "reset", 1],
    ["everything, when more than one line differs", "a b c d", "p q b c d e", "reset", 1],
  ])("is %s", (_what, old, now, kind, start) => {
    const delta = transcriptDelta(words(old), words(now), 1);
    expect(delta).toMatchObject(start === null ? { kind } : { kind, start_line: start });
  });

  it("agrees with the definition on many random screens", () => {
    let state = 7;
    const random = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 2000; round++) {
      const screen = () => Array.from({ length: random(9) }, () => "ab"[random(2)] as string);
      const [old, now] = [screen(), screen()];
      const fits = (k: number) => old.slice(old.length - k).join() === now.slice(0, k).join();
      const k = Math.max(0, ...now.map((_, i) => i + 1).filter((n) => n <= old.length && fits(n)));
      const delta = transcriptDelta(old, now);
      const expected = now.length === k ? "none" : k === 0 ? "reset" : `segment ${k + 1}`;
      const found = delta.kind === "segment" ? `segment ${delta.start_line}` : delta.kind;
      expect(found, `${old.join("")} ${now.join("")}`).toBe(expected);
    }
  });

  it("stays cheap for fifty thousand equal lines", () => {
    const lines = Array.from({ length: 50_000 }, () => "");
    expect(transcriptDelta([...lines, "x"], [...lines, "y"]).kind).toBe("reset");
  });
});

describe("what a mode keeps", () => {
  const now = Array.from({ length: 60 }, (_, i) => `line ${i + 1}`);
  const delta = transcriptDelta(now.slice(0, 10), now);
  const nothing = transcriptDelta(now, now);

  it.each<[mode: TranscriptMode, kind: string, first: string, last: string, start: number, end: number]>([
    ["segment", "segment", "line 11", "line 60", 11, 60],
    ["full", "segment", "line 11", "line 60", 11, 60],
    ["excerpt", "excerpt", "line 21", "line 60", 21, 60],
    ["snapshot", "snapshot", "line 1", "line 60", 1, 60],
  ])("%s: a %s from %s to %s", (mode, kind, first, last, start_line, end_line) => {
    const segment = segmentOf(mode, delta, now);
    expect(segment).toMatchObject({ kind, start_line, end_line });
    const lines = segment?.text?.split("\n") ?? [];
    expect([lines[0], lines.at(-1), lines.length]).toEqual([first, last, end_line - start_line + 1]);
    expect(segmentOf(mode, nothing, now)).toBeNull();
  });

  it("metadata: always a row, never a text", () => {
    for (const one of [delta, nothing]) {
      expect(segmentOf("metadata", one, now)).toEqual({
        kind: "metadata",
        text: null,
        start_line: null,
        end_line: null,
      });
    }
  });

  it("segment keeps the whole of another screen", () => {
    expect(segmentOf("segment", transcriptDelta(["x"], now), now)).toMatchObject({
      kind: "reset",
      start_line: 1,
      end_line: 60,
    });
  });
});
