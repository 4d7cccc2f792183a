import { describe, expect, it } from "vitest";
import { usePlans } from "../testing/plans.ts";
import { TIMELINE_SOURCES, type TimelineSourceName, timelinePageSql } from "./index.ts";

describe("a page of a timeline", () => {
  const planOf = usePlans();
  const sources = Object.keys(TIMELINE_SOURCES) as TimelineSourceName[];

  it.each(sources)("of %s is walked from its end by an index, without sorting what the task has", async (name) => {
    for (const [place, direction] of [
      [null, "older"],
      [{ moment: 7, id: 1 }, "older"],
      [{ moment: 7 }, "newer"],
    ] as const) {
      const page = timelinePageSql(name, { task_id: "t" }, place, direction);
      const plan = await planOf(page?.sql ?? "");
      expect(plan[0], String(page?.sql)).toMatch(/^SEARCH r USING INDEX \w+ \(task_id=\?/);
      // Steps of an epilogue are few.
      if (name !== "epilogue_runs")
        expect(plan.filter((step) => /TEMP B-TREE/.test(step) && !/LAST TERM|RIGHT PART/.test(step))).toEqual([]);
    }
  });
});
