import { describe, expect, it } from "vitest";
import { ageText } from "./age.ts";
import { type Column, listing } from "./listing.ts";
import { paletteFor } from "./palette.ts";
import type { View } from "./text.ts";
import { cutTo, displayWidth } from "./width.ts";

interface Row {
  name: string;
  goal: string;
  folder: string;
}

const COLUMNS: Column<Row>[] = [
  { head: "name", of: ({ name }) => name, cut: "end" },
  { head: "state", of: () => "managed" },
  { head: "goal", of: ({ goal }) => goal, cut: "end" },
  { head: "folder", of: ({ folder }) => folder, cut: "start" },
  { head: "words", of: () => "a b", only: "pipe" },
];

const view = (columns: number, isTerminal = true): View => ({
  colour: paletteFor({ isTerminal, columns, write: async () => {} }, { NO_COLOR: "1" }),
  isTerminal,
  columns,
  now: 0,
  program: "conveyor",
  input: {},
});

const ROWS: Row[] = [
  {
    name: "auth",
    goal: "Refactor the whole of the authentication so that it can be understood",
    folder: "/home/dev/projects/one",
  },
  {
    name: "a-very-long-name-of-a-task-that-somebody-thought-of",
    goal: "日本語の目標を達成する。日本語の目標を達成する。",
    folder: "/srv/x",
  },
  { name: "👩‍👩‍👧 family", goal: "short", folder: "-" },
];

describe("a list", () => {
  it.each([40, 60, 80, 200])(
    "fits a terminal of %d columns, and its columns stay in line whatever the letters",
    (columns) => {
      const lines = listing(COLUMNS, ROWS, view(columns)).trimEnd().split("\n");
      expect(lines).toHaveLength(4);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      const places = lines.slice(1).map((line) => displayWidth(line.slice(0, line.indexOf("managed"))));
      expect(new Set(places).size).toBe(1);
      expect(lines[0]).toMatch(/^NAME +STATE +GOAL +FOLDER$/);
    },
  );

  it("cuts a path at its start and everything else at its end", () => {
    const text = listing(COLUMNS, ROWS, view(60));
    expect(text).toMatch(/…\S*one$/m);
    expect(text).toMatch(/^a-very\S*… /m);
  });

  it("leaves out a column that is empty in every row", () => {
    const rows = [{ name: "a", goal: "", folder: "/x" }];
    expect(listing(COLUMNS, rows, view(80)).split("\n")[0]).toMatch(/^NAME +STATE +FOLDER$/);
  });

  it("gives programs everything, without heads, separated by tabs", () => {
    const lines = listing(COLUMNS, ROWS, view(40, false)).trimEnd().split("\n");
    expect(lines).toEqual(ROWS.map(({ name, goal, folder }) => [name, "managed", goal, folder, "a b"].join("\t")));
  });

  it("has heads once in a list that goes on", () => {
    expect(
      listing(COLUMNS, ROWS, { ...view(80), told: 3 })
        .trimEnd()
        .split("\n"),
    ).toHaveLength(3);
    expect(listing(COLUMNS, [], view(80))).toBe("");
  });
});

describe("the width of a text", () => {
  it.each([
    ["auth", 4],
    ["日本", 4],
    ["ｶﾅ", 2],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["\u001b[31mred\u001b[39m", 3],
    ["a\u200bb", 2],
    ["한국", 4],
  ])("%j takes %d columns", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  it("is never exceeded by a cut text, and no letter is cut in two", () => {
    for (const text of ["日本語", "👩‍👩‍👧👩‍👩‍👧", "abcdef", "e\u0301e\u0301e\u0301e\u0301"]) {
      for (let columns = 1; columns <= 8; columns += 1) {
        for (const lose of ["end", "start"] as const) {
          const cut = cutTo(text, columns, lose);
          expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
          expect(cut === text || text.includes(cut.replace("…", ""))).toBe(true);
        }
      }
    }
    expect(cutTo("日本語", 5)).toBe("日本…");
    expect(cutTo("/home/dev/one", 6, "start")).toBe("…v/one");
  });
});

describe("an age", () => {
  const now = Date.parse("2026-11-02T08:00:00.000Z");
  it.each([
    ["2026-11-02T08:00:05.000Z", "0 s"],
    ["2026-11-02T07:59:18.000Z", "42 s"],
    ["2026-11-02T07:55:01.000Z", "4 min"],
    ["2026-11-02T05:00:00.000Z", "3 h"],
    ["2026-10-30T05:00:00.000Z", "3 d"],
    [null, null],
    ["no time", null],
  ])("of %s is %s", (timestamp, text) => {
    expect(ageText(timestamp, now)).toBe(text);
  });
});
