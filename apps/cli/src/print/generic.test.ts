import { describe, expect, it } from "vitest";
import { renderGeneric } from "./generic.ts";
import { paletteFor } from "./palette.ts";

const output = { isTerminal: false, columns: 80, write: async () => {} };
const view = { colour: paletteFor(output, {}), ...output, now: 0, program: "conveyor", input: {} };

describe("a document without a rendering of its own", () => {
  it.each([
    ["nothing", null, "-\n"],
    ["a word", "ready", "ready\n"],
    ["no rows", [], "none\n"],
    ["flat fields", { task_name: "auth", done: true, left: null }, "task name: auth\ndone: yes\nleft: -\n"],
    [
      "a record in a record",
      { task: { name: "auth", tags: ["a", "b"] }, rows: [] },
      "rows: none\ntask:\n  name: auth\n  tags: a, b\n",
    ],
    [
      "rows that fit a table",
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
      "a\tb\n1\tx\n2\ty\n",
    ],
    ["rows with more in them", [{ a: 1, more: { b: { c: "deep" } } }], "a: 1\nmore:\n  b:\n    c: deep\n"],
    ["text of several lines", { words: "one\ntwo" }, "words: \n  one\n  two\n"],
  ])("shows %s", (_what, document, text) => {
    expect(renderGeneric(document, view)).toBe(text);
  });
});
