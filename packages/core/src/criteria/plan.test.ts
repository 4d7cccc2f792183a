import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Call, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { readAnswer } from "./answer-items.ts";
import { applyPlan, plan as planOf } from "./plan.ts";

const items = (answer: string) => readAnswer(answer).items.map(({ section, text }) => `${section}: ${text}`);

describe("reading a worker's answer", () => {
  it("takes list items below headings of either kind", () => {
    const answer = [
      "Here is what I propose.",
      "## Must-have now",
      "- Parser rejects `empty` input",
      "  with exit code 2",
      "1. `npm test` is green",
      "",
      "* [x] Fuzz run is clean",
      "Follow-ups:",
      "- `Docs`",
      "+ Benchmarks",
    ].join("\r\n");
    expect(items(answer)).toEqual([
      "accepted: Parser rejects `empty` input with exit code 2",
      "accepted: `npm test` is green",
      "accepted: Fuzz run is clean",
      "deferred: Docs",
      "deferred: Benchmarks",
    ]);
  });

  it.each([
    ["a short line", "Accepted for the current task"],
    ["a bold line", "**These are the criteria that I take to be accepted now**"],
    ["a line with a colon", "These are the many things which I think are must have for it:"],
    ["a list item that is only a heading", "- Must-have now:"],
  ])("takes %s for a heading", (_what, heading) => {
    expect(items(`${heading}\n- a`)).toEqual(["accepted: a"]);
  });

  it("takes no prose for one, and no items before one", () => {
    const prose = "I have accepted that the parser is slow and will look at it in the next few days.";
    expect(readAnswer(`- a\n${prose}\n- b`)).toEqual({ items: [], has_heading: false });
  });

  it("lets what can follow win where a heading speaks of both", () => {
    expect(items("Accepted, but deferred:\n- a")).toEqual(["deferred: a"]);
  });

  it.each(["none", "None.", "n/a", "NA", "nothing", "no follow-ups", "No follow up.", "no deferred criteria"])(
    "drops %j",
    (text) => {
      expect(items(`Deferred:\n- ${text}`)).toEqual([]);
    },
  );

  it("comes to an end with hostile text", () => {
    for (const text of ["- ".repeat(100_000), " ".repeat(200_000), `**${"a".repeat(200_000)}`, "#".repeat(200_000)]) {
      // A quadratic look would take minutes, and so the test's own limit.
      expect(readAnswer(`Accepted:\n${text}`).has_heading).toBe(true);
    }
  });
});

describe("criteria-plan", () => {
  let world: World;
  beforeEach(async () => {
    world = createWorld({});
    await world.task({ name: "parser" });
  });
  afterEach(() => world.close());
  const plan = (call: Partial<Call<"criteria.plan">>) =>
    planOf(world.ctx, operations.criteria.plan.input.parse({ task: "parser", ...call }));

  it("suggests one command an item and writes nothing", async () => {
    const before = await world.auditTypes();
    const planned = await plan({ from_text: "Must-have:\n- --help works\nFollow-up:\n- docs", ledger_path: "/x/w.db" });
    expect(planned).toMatchObject({ task: "parser", warnings: [] });
    expect(planned.suggestions.map(({ command }) => command)).toEqual([
      [
        ...["conveyor", "criteria", "parser", "--add", "--criterion=--help works"],
        ...["--source", "worker_proposed", "--status", "accepted", "--path", "/x/w.db"],
      ],
      [
        ...["conveyor", "criteria", "parser", "--add", "--criterion", "docs", "--source", "worker_proposed"],
        ...["--status", "deferred", "--rationale", "follow-up after this slice", "--path", "/x/w.db"],
      ],
    ]);
    expect(await world.auditTypes()).toEqual(before);
  });

  it("says what speaks of closing the task, once each, and suggests it nevertheless", async () => {
    const { suggestions, warnings } = await plan({ from_text: "Accepted:\n- finish-task succeeds\n- tests pass" });
    expect(suggestions.map(({ classification }) => classification?.kind ?? null)).toEqual([
      "manager_closeout_proof",
      null,
    ]);
    expect(warnings).toHaveLength(1);
  });

  it("warns of an answer without headings, and of headings without items", async () => {
    expect((await plan({ from_text: "- a" })).warnings[0]).toContain("no heading");
    expect((await plan({ from_text: "Accepted:\nall of it" })).warnings[0]).toContain("no items");
  });

  it("with --apply records it all at once, once, and leaves closing the task out", async () => {
    const from_text = "Accepted:\n- tests pass\n- finish-task succeeds\nFollow-up:\n- docs";
    const apply = () => applyPlan(world.ctx, operations.criteria.applyPlan.input.parse({ task: "parser", from_text }));
    expect(await apply()).toMatchObject({
      affected_criteria: [
        { criterion: "tests pass", status: "accepted", source: "worker_proposed", created: true },
        { criterion: "docs", status: "deferred", rationale: "follow-up after this slice", created: true },
      ],
      left_out: ["finish-task succeeds"],
      summary: { accepted: 1, deferred: 1 },
    });
    expect((await apply()).affected_criteria.map(({ created }) => created)).toEqual([false, false]);
  });

  it("reads a file, and names one that it cannot read", async () => {
    const file = join(world.root, "answer.md");
    writeFileSync(file, "Accepted:\n- a\n");
    expect((await plan({ from_worker_response: file })).suggestions).toHaveLength(1);
    mkdirSync(join(world.root, "folder"));
    for (const missing of [join(world.root, "nothing.md"), join(world.root, "folder")]) {
      await expect(plan({ from_worker_response: missing })).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining(missing),
      });
    }
  });

  it("wants exactly one input and a task that is there", async () => {
    await expect(plan({})).rejects.toMatchObject({ code: "usage" });
    await expect(plan({ from_text: "a", from_stdin: "b" })).rejects.toMatchObject({ code: "usage" });
    await expect(plan({ task: "nothing", from_text: "a" })).rejects.toMatchObject({ code: "not_found" });
  });
});
