import { describe, expect, it } from "vitest";
import { canonicalJson } from "./json.ts";

describe("canonicalJson", () => {
  it("is the same text for equal values, whatever the order of their members", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  });

  it("keeps a member whose name means something else to the language", () => {
    const text = '{"__proto__":{"a":1},"constructor":2}';
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });
});
