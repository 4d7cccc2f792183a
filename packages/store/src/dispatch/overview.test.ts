import { describe, expect, it } from "vitest";
import { usePlans } from "../testing/plans.ts";
import { NEWEST_WATCHERS_SQL } from "./dispatchers.ts";
import * as overview from "./overview.ts";
import * as chains from "./overview-chains.ts";

const statements = Object.entries({ ...overview, ...chains, NEWEST_WATCHERS_SQL }).filter(
  (entry): entry is [string, string] => entry[0].endsWith("_SQL"),
);

/** What a plan may go through from end to end: what another step has already bounded, and tables in order of the sequence. */
const BOUNDED = /^SCAN (\(subquery-\d+\)|[a-z]|\w+ USING INDEX \w+_seq)$/;

/** These find one row. */
const BY_KEY = ["DECISION_SQL", "MESSAGE_SQL"];

describe("statements of the overview", () => {
  const planOf = usePlans();

  it.each(statements)("%s goes by an index and is bounded", async (name, sql) => {
    const plan = await planOf(sql);
    expect(plan.some((step) => /USING (COVERING )?(INDEX|INTEGER PRIMARY KEY)/.test(step))).toBe(true);
    expect(plan.filter((step) => step.startsWith("SCAN") && !BOUNDED.test(step))).toEqual([]);
    expect(BY_KEY.includes(name) || /LIMIT/.test(sql)).toBe(true);
  });
});
