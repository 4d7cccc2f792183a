import { describe, expect, it } from "vitest";
import { neighbouringUuid } from "./uuid.ts";

const MINUTE = 60_000;

describe("UUIDs of numerous rows", () => {
  it("have the form of random ones", () => {
    expect(neighbouringUuid(Date.now())).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("begin alike within a minute, are different, and rise from minute to minute", () => {
    const [first, second, later] = [neighbouringUuid(0), neighbouringUuid(MINUTE - 1), neighbouringUuid(MINUTE)];
    expect(first.slice(0, 5)).toBe("00000");
    expect(second.slice(0, 5)).toBe("00000");
    expect(first).not.toBe(second);
    expect(later.slice(0, 5)).toBe("00001");
  });
});
