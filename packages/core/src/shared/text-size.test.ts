import { describe, expect, it } from "vitest";
import { textSize } from "./text-size.ts";

describe("the size of a text", () => {
  it.each([
    ["", 0, 0],
    ["one", 3, 1],
    ["one\n", 4, 1],
    ["one\r\ntwo\rthree\n", 15, 3],
    ["\n", 1, 1],
    ["grün", 5, 1],
  ])("of %j is %i bytes in %i lines", (text, bytes, lines) => {
    expect(textSize(text)).toEqual({ bytes, lines });
  });
});
