import { describe, expect, it } from "vitest";
import { encodeFrame, FrameError, FrameReader } from "./wire.ts";

describe("frames", () => {
  it("come out whole however the bytes were cut, also inside a character", () => {
    const bytes = Buffer.from(
      encodeFrame({ id: 1, result: "grün 🙂\n" }) +
        encodeFrame({ id: 2, done: "end" }) +
        encodeFrame({ id: 3, result: null }),
    );
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = new FrameReader();
      const frames: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(frames).toEqual([
        { id: 1, result: "grün 🙂\n" },
        { id: 2, done: "end" },
        { id: 3, result: null },
      ]);
    }
  });

  it("that are too long are refused before they are complete", () => {
    const reader = new FrameReader(100);
    expect([...reader.push(Buffer.alloc(60, "x"))]).toEqual([]);
    expect(() => [...reader.push(Buffer.alloc(60, "x"))]).toThrow(FrameError);
  });

  it.each(["nonsense", "[]", "7", "null"])("%s is none", (text) => {
    expect(() => [...new FrameReader().push(Buffer.from(`${text}\n`))]).toThrow(FrameError);
  });
});
