import { describe, expect, it } from "vitest";
import { countingIds, randomIds } from "./ids.ts";

const UUID = /^session-token-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("ids", () => {
  it("are the prefix and a random UUID", () => {
    const ids = randomIds();
    const first = ids.next("session-token");
    expect(first).toMatch(UUID);
    expect(ids.next("session-token")).not.toBe(first);
  });

  it("can be counted in tests, each prefix by itself, and still look like ids", () => {
    const ids = countingIds();
    expect(ids.next("task")).toBe("task-00000000-0000-4000-8000-000000000001");
    expect(ids.next("task")).toBe("task-00000000-0000-4000-8000-000000000002");
    expect(ids.next("session-token")).toMatch(UUID);
    expect(ids.next("run")).toBe("run-00000000-0000-4000-8000-000000000001");
  });
});
