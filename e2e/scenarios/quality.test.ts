import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { expect } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";

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

/** A picture of 2 x 2 pixels in these greys. */
function png(greys: readonly number[]): Buffer {
  const picture = new PNG({ width: 2, height: 2 });
  picture.data.set(greys.flatMap((grey) => [grey, grey, grey, 255]));
  return PNG.sync.write(picture);
}
