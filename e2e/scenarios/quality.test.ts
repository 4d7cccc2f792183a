import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { withWorld } from "../support/world/world.ts";

inEveryMode("somebody looks up what to try by hand", async (world) => {
  const { plans } = await world.ask<"qa.listPlans">("qa-plan", "--list");
  expect(plans).toHaveLength(9);

  const standard = await world.ask<"qa.plan">("qa-plan");
  expect(standard.scenario).toBe("self-management");

  const shown = await world.cli("qa-plan", "ship-it-loop");
  const headings = shown.stdout.split("\n").filter((line) => /^[A-Z].*:/.test(line));
  expect(headings).toEqual([
    ...["QA plan: ship-it-loop", "Authority boundaries:", "Expected observations:", "Correlation markers:"],
    "Evidence template:",
  ]);

  const { code, error } = await world.refused("qa-plan", "ship-it");
  expect([code, error.hint]).toEqual([2, "did you mean ship-it-loop?"]);
  expect(error.message).toContain("self-management, setup-bundle-dogfood, ship-it-loop");
});

inEveryMode("two pictures are compared without a ledger", async (world) => {
  const [before, after] = ["before.png", "after.png"].map((name) => join(world.project, name)) as [string, string];
  writeFileSync(before, png([0, 0, 0, 0]));
  writeFileSync(after, png([0, 200, 0, 0]));
  const pictures = ["--reference", "before.png", "--candidate", "after.png"];
  const page = join(world.project, "out/page.html");
  const report = await world.ask<"qa.visualDiff">(
    "visual-diff",
    ...pictures,
    "--threshold",
    "0.25",
    "--html-output",
    page,
  );
  expect(report).toMatchObject({ diff_score: 0.25, below_threshold: true, changed_bounds: { x: 1, y: 0 } });
  expect(readFileSync(page, "utf8")).toContain(readFileSync(after).toString("base64"));

  const above = await world.cli("visual-diff", ...pictures, "--threshold", "0.2", "--fail-above");
  expect([above.code, JSON.parse(above.stdout).below_threshold]).toEqual([1, false]);

  writeFileSync(after, "");
  const empty = await world.refused("visual-diff", ...pictures, "--threshold", "0");
  expect([empty.code, empty.error.code]).toEqual([2, "invalid_input"]);
  expect(empty.error.message).toContain("is not a PNG");
});

inEveryMode(
  "a comparison is recorded as evidence of an iteration, and a later one closes the gate again",
  async (world) => {
    const [design, now] = ["design.png", "now.png"].map((name) => join(world.project, name)) as [string, string];
    for (const path of [design, now]) writeFileSync(path, png([0, 0, 0, 0]));
    await world.ask<"tasks.create">("tasks", "--create", "view", "--goal", "looks as designed");
    await world.ask<"loops.createFromTemplate">(
      ...["loop-templates", "--create-run", "view", "--template", "visual_diff_loop", "--name", "looks"],
    );
    const compare = ["loop-evidence", "visual-diff", "view", "--loop-run", "looks", "--reference", design];
    const asked = [
      ...compare,
      "--candidate",
      now,
      "--threshold",
      "0",
      "--report-output",
      join(world.project, "r.json"),
    ];
    const passed = await world.ask<"loops.recordVisualDiff">(...asked);
    expect(passed).toMatchObject({ diff: { below_threshold: true }, threshold_criterion: { status: "satisfied" } });

    writeFileSync(now, png([0, 0, 0, 1]));
    const failed = await world.cli(...asked, "--fail-above");
    expect([failed.code, JSON.parse(failed.stdout).threshold_criterion.status]).toEqual([1, "rejected"]);
    const unknown = await world.refused(...asked, "--status", "pass");
    expect([unknown.code, unknown.error.code]).toEqual([2, "usage"]);
  },
);

inEveryMode("a scenario is played on a ledger of its own, whichever server runs", async (world) => {
  const { scenarios } = await world.ask<"qa.listScenarios">("qa-run", "--list");
  expect(scenarios.map(({ scenario }) => scenario)).toContain("ship-it-loop");
  const receipt = join(world.project, "receipt.json");
  const answer = await world.ask<"qa.run">("qa-run", "build-clear-loop", "--receipt-output", "receipt.json");
  expect(answer).toMatchObject({ result: "passed", checks: 3, receipt_path: receipt });
  expect(JSON.parse(readFileSync(receipt, "utf8")).checks).toHaveLength(3);
  const misplaced = await world.refused("qa-run", "--receipt-output", "other.json", "--max-prs", "1");
  expect([misplaced.code, misplaced.error.code]).toEqual([2, "conflicting_flags"]);
  const absent = await world.refused("qa-run", "--receipt-output", ".");
  expect([absent.code, absent.error.message]).toEqual([2, expect.stringContaining("it is a folder")]);
});

it("every scenario that can run here passes, and the others say why they were skipped", {
  timeout: 180_000,
}, async () => {
  await withWorld({}, async (world) => {
    const folder = join(world.project, "receipts");
    const asked = ["qa-run", "all", "--receipt-output", folder, "--junit", join(world.project, "qa.xml")];
    const { result, scenarios } = await world.ask<"qa.run">(...asked);
    expect(scenarios.filter((own) => own.result === "failed")).toEqual([]);
    expect(result).toBe("passed");
    const passed = scenarios.filter((own) => own.result === "passed").map(({ scenario }) => scenario);
    expect(passed).toEqual(
      expect.arrayContaining([
        "adversarial-triggers",
        "concurrent-dispatchers",
        "push-delivery",
        "setup-bundle-dogfood",
      ]),
    );
    for (const { scenario, reason, receipt_path } of scenarios) {
      expect([scenario, reason === null]).toEqual([scenario, receipt_path !== null]);
    }
    const triggers = JSON.parse(readFileSync(join(folder, "adversarial-triggers.json"), "utf8"));
    expect(triggers.checks).toHaveLength(7);
    const counts = /tests="(\d+)" failures="(\d+)" skipped="(\d+)"/.exec(
      readFileSync(join(world.project, "qa.xml"), "utf8"),
    );
    expect(counts?.slice(2)).toEqual(["0", String(scenarios.length - passed.length)]);
  });
});

inEveryMode("a picture of a page is asked for with one page that is there", async (world) => {
  const both = await world.refused("screenshot", "--html", "a.html", "--url", "http://localhost/", "--output", "a.png");
  expect([both.code, both.error.code]).toEqual([2, "conflicting_flags"]);
  const missing = await world.refused("screenshot", "--html", "a.html", "--output", "a.png");
  expect([missing.code, missing.error.message]).toEqual([2, expect.stringContaining('a.html" is no file')]);
});

/** A picture of 2 x 2 pixels in these greys. */
function png(greys: readonly number[]): Buffer {
  const picture = new PNG({ width: 2, height: 2 });
  picture.data.set(greys.flatMap((grey) => [grey, grey, grey, 255]));
  return PNG.sync.write(picture);
}
