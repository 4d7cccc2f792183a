import { expect, it } from "vitest";
import type { ReplayEntry } from "../live/operations.ts";
import { densityOf } from "./density.ts";

const entry = (seconds: number, kind = "command"): ReplayEntry =>
  ({ timestamp: new Date(seconds * 1000).toISOString(), kind, summary: "", source: "s", source_id: 1 }) as ReplayEntry;

it("counts what happened in equal stretches from the first entry to the last, trouble apart", () => {
  const stretches = densityOf([entry(0), entry(1), entry(5, "failed command"), entry(10)], 2);
  expect(stretches.map(({ count, trouble }) => [count, trouble])).toEqual([
    [2, 0],
    [2, 1],
  ]);
  expect(stretches.map(({ from, to }) => [from, to])).toEqual([
    [0, 5000],
    [5000, 10_000],
  ]);
});

it("is empty of nothing, and holds everything of one moment", () => {
  expect(densityOf([], 5)).toEqual([]);
  expect(densityOf([entry(3), entry(3)], 4).map(({ count }) => count)).toEqual([2, 0, 0, 0]);
});
