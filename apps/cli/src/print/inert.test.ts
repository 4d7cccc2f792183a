import { describe, expect, it } from "vitest";
import { jsonDocument, jsonLine } from "./json.ts";
import { harmless } from "./text.ts";

/** What makes a terminal do something, or shows text in another order than it is. */
const DRIVING: [what: string, text: string][] = [
  ["a colour", "\u001b[31m"],
  ["a clipboard write", "\u001b]52;c;QUJD\u0007"],
  ["a title", "\u001b]0;owned\u001b\\"],
  ["a C1 control sequence", "\u009b31m"],
  ["a C1 operating system command", "\u009d52;c;QUJD\u009c"],
  ["a device control string", "\u0090q\u009c"],
  ["a carriage return", "safe\rowned"],
  ["a backspace", "a\u0008b"],
  ["a delete", "a\u007fb"],
  ["NUL", "a\u0000b"],
  ["an override of the direction", "\u202egnp.exe"],
  ["an isolate", "\u2066abc\u2069"],
  ["a mark of direction", "\u200fabc"],
  ["an Arabic mark", "\u061cabc"],
  ["a line separator", "a\u2028b"],
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: that none of them is there is what is asserted
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe.each(DRIVING)("%s", (_what, text) => {
  const value = { [text]: text, list: [{ [`x${text}`]: [text] }] };

  it("is shown as question marks in text, in keys too", () => {
    expect(JSON.stringify(harmless(value)).replaceAll(/\\u[0-9a-f]{4}/g, "ESCAPED")).not.toMatch(OBEYED);
    expect(JSON.stringify(harmless(value))).not.toContain("\\u00");
  });

  it("is escaped in JSON, in keys too, and means the same", () => {
    for (const printed of [jsonDocument(value), jsonLine(value)]) {
      expect(printed).not.toMatch(OBEYED);
      expect(JSON.parse(printed)).toEqual(value);
    }
  });
});

it("loses no member whose key becomes that of another", () => {
  expect(harmless({ "a\u0007": 1, "a\u0008": 2, "a?": 3 })).toEqual({ "a?": 1, "a??": 2, "a???": 3 });
});

it("leaves line breaks, tabs and every script alone", () => {
  const text = "one\n\ttwo é 認証 авторизация 🔑";
  expect(harmless(text)).toBe(text);
});
