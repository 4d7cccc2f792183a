import { describe, expect, it } from "vitest";
import { fixedClock, systemClock } from "./clock.ts";

describe("systemClock", () => {
  it("writes times in UTC with three fraction digits", () => {
    expect(systemClock().iso()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("sleeps until the time is over", async () => {
    const clock = systemClock();
    const before = clock.monotonic_ms();
    await clock.sleep(20);
    expect(clock.monotonic_ms()).toBeGreaterThanOrEqual(before + 19);
  });

  it("wakes with an error when it is aborted before or during the sleep", async () => {
    const abort = new AbortController();
    const sleeping = systemClock().sleep(60_000, abort.signal);
    abort.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "interrupted" });
    await expect(systemClock().sleep(60_000, abort.signal)).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("fixedClock", () => {
  it("stands still until it is advanced", async () => {
    const clock = fixedClock("2026-03-01T10:00:00.000Z");
    expect(clock.iso()).toBe("2026-03-01T10:00:00.000Z");
    await clock.advance(1_500);
    expect(clock.iso()).toBe("2026-03-01T10:00:01.500Z");
    expect(clock.now().toISOString()).toBe(clock.iso());
    expect(clock.monotonic_ms()).toBe(1_500);
  });

  it("wakes sleepers in the order of their times, each at its own time, also those that go to sleep on the way", async () => {
    const clock = fixedClock("2026-01-01T00:00:00.000Z");
    const woken: string[] = [];
    const note = (name: string) => woken.push(`${name} ${clock.monotonic_ms()}`);
    const late = clock.sleep(300).then(() => note("late"));
    const twice = (async () => {
      await clock.sleep(100);
      note("first");
      await clock.sleep(100);
      note("second");
    })();
    await clock.advance(250);
    expect(woken).toEqual(["first 100", "second 200"]);
    expect(clock.sleeping()).toBe(1);
    await clock.advance(50);
    await Promise.all([late, twice]);
    expect(woken).toEqual(["first 100", "second 200", "late 300"]);
  });

  it("forgets a sleeper that was aborted", async () => {
    const clock = fixedClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(100, abort.signal);
    abort.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "interrupted" });
    expect(clock.sleeping()).toBe(0);
  });

  it("refuses a start that is no time", () => {
    expect(() => fixedClock("yesterday")).toThrow("not a point in time");
  });
});
