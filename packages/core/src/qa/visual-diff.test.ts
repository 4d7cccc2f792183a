import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { visualDiff as contract } from "@conveyor/contracts/qa/visual-diff";
import { writeRgbaPng } from "@conveyor/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld } from "../testing/world.ts";
import { scoreText, visualDiff } from "./visual-diff.ts";

const world = createWorld();
afterAll(() => world.close());

const at = (name: string) => join(world.root, name);
const grey = (values: readonly number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value, 255]));
const compare = (more: object) =>
  visualDiff(
    world.ctx,
    contract.input.parse({ reference: at("a.png"), candidate: at("b.png"), threshold: 0.25, ...more }),
  );

beforeAll(async () => {
  await writeRgbaPng(at("a.png"), { width: 2, height: 2, pixels: grey([0, 0, 0, 0]) });
  await writeRgbaPng(at("b.png"), { width: 2, height: 2, pixels: grey([0, 0, 9, 0]) });
  await writeRgbaPng(at("wide.png"), { width: 3, height: 2, pixels: grey([0, 0, 0, 0, 0, 0]) });
  writeFileSync(at("a.txt"), "no picture");
  mkdirSync(at("folder"));
  symlinkSync(at("b.png"), at("link"));
});

describe("visual-diff", () => {
  it("passes at the threshold exactly, and writes the report that it answers", async () => {
    const report_output = at("made/on/the/way/report.json");
    const report = await compare({
      report_output,
      diff_output: at("made/diff.png"),
      html_output: at("made/page.html"),
    });
    expect(report).toMatchObject({
      ...{ viewport: "2x2", total_pixels: 4, changed_pixels: 1, diff_score: 0.25, below_threshold: true },
      changed_bounds: { x: 0, y: 1, width: 1, height: 1 },
    });
    expect(JSON.parse(readFileSync(report_output, "utf8"))).toEqual(report);
    expect(readFileSync(report_output, "utf8")).toMatch(/^\{\n {2}"antialiased_pixels"[\s\S]*\n\}\n$/);
    expect(readFileSync(at("made/page.html"), "utf8").match(/data:image\/png/g)).toHaveLength(5);
    expect(await compare({ threshold: 0.249 })).toMatchObject({ below_threshold: false });
    expect(await compare({ tolerance: 9, threshold: 0 })).toMatchObject({ below_threshold: true, changed_pixels: 0 });
  });

  it.each([
    ["two sizes", { candidate: () => at("wide.png") }, /reference=2x2 candidate=3x2/],
    ["a text instead of a picture", { candidate: () => at("a.txt") }, /is not a PNG/],
    ["a place that is a folder", { report_output: () => at("folder") }, /--report-output .* it is a folder/],
    ["a place that is a link", { html_output: () => at("link") }, /--html-output .* it is a link/],
    ["a place below a file", { report_output: () => at("a.txt/report.json") }, /--report-output .* cannot be written/],
    ["the candidate as the place of the drawing", { diff_output: () => at("b.png") }, /--candidate and --diff-output/],
    ["regions that cover everything", { ignored_regions: () => ["0,0,9,9"] }, /leaves nothing to compare/],
  ] as const)("refuses %s, and writes nothing", async (_, asked, told) => {
    const given = Object.fromEntries(Object.entries(asked).map(([key, value]) => [key, value()]));
    const report_output = at("never.json");
    await expect(compare({ diff_output: at("never.png"), report_output, ...given })).rejects.toThrow(told);
    expect(["never.png", "never.json"].filter((name) => existsSync(at(name)))).toEqual([]);
    expect(readFileSync(at("b.png")).length).toBeGreaterThan(50);
  });
});

it("a score is told with at most six digits", () => {
  expect([0, 1, 0.25, 1 / 3, 1e-9].map(scoreText)).toEqual(["0", "1", "0.25", "0.333333", "1e-9"]);
});
