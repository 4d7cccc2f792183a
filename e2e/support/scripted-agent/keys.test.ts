import { describe, expect, it } from "vitest";
import { BurstDetector, KeyDecoder } from "./keys.mjs";

const decode = (...chunks: string[]) => {
  const decoder = new KeyDecoder();
  return { keys: chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk))), decoder };
};

describe("decoding keys", () => {
  it("gives a bracketed paste as one key, also when it arrives in pieces", () => {
    const { keys } = decode("\u001b[200~line one\r\nline", " two\u001b[20", "1~x");
    expect(keys).toEqual([
      { kind: "paste", text: "line one\nline two" },
      { kind: "char", text: "x" },
    ]);
  });

  it("tells Escape from the beginning of a sequence only when nothing follows", () => {
    const { keys, decoder } = decode("\u001b");
    expect(keys).toEqual([]);
    expect(decoder.pending).toBe(true);
    expect(decoder.flush()).toEqual([{ kind: "escape" }]);
    expect(decode("\u001b[", "A").keys).toEqual([{ kind: "up" }]);
  });

  it("ignores sequences it does not know and keeps characters of several bytes whole", () => {
    const decoder = new KeyDecoder();
    const bytes = Buffer.from("é");
    expect(decoder.push(bytes.subarray(0, 1))).toEqual([]);
    expect(decoder.push(bytes.subarray(1))).toEqual([{ kind: "char", text: "é" }]);
    expect(decode("\u001b[?1;2cq").keys).toEqual([{ kind: "char", text: "q" }]);
  });
});

describe("telling typing from fast input", () => {
  it("swallows an Enter right after fast characters and lets it through later", () => {
    const burst = new BurstDetector();
    for (const at of [0, 1, 2]) burst.char(at);
    expect(burst.swallowsEnter(50)).toBe(true);
    expect(burst.swallowsEnter(160)).toBe(true);
    expect(burst.swallowsEnter(400)).toBe(false);
  });

  it("lets Enter through after characters at the speed of a hand", () => {
    const burst = new BurstDetector();
    for (const at of [0, 40, 80, 120]) burst.char(at);
    expect(burst.swallowsEnter(121)).toBe(false);
  });
});
