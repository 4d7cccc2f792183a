import { z } from "zod";
import { filePath, listOf } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { visualDiffReport } from "./entities.ts";

const pngFile = (flag: string) => cli(filePath, { flag, path: true, placeholder: "png" });

/** What pictures are compared and how, the same for a comparison alone and for one that is recorded (spec 05 §5.6, §9). */
export const visualDiffFields = {
  reference: pngFile("reference").describe("PNG of what it shall look like"),
  candidate: pngFile("candidate").describe("PNG of what it looks like"),
  threshold: z.number().min(0).max(1).describe("share of changed pixels up to which it passes, 0 to 1"),
  diff_output: pngFile("diff-output").optional().describe("PNG to write: what changed is red, all else transparent"),
  report_output: cli(filePath, { path: true, placeholder: "json" }).optional().describe("file for the report, as JSON"),
  html_output: cli(filePath, { path: true, placeholder: "html" })
    .optional()
    .describe("file for a page that shows both pictures, side by side and with a slider"),
  tolerance: z.int().min(0).max(255).default(0).describe("by how much each of R, G, B and A may differ, of 255"),
  ignored_regions: cli(
    listOf(
      z
        .string()
        .max(27)
        .regex(/^\d{1,6},\d{1,6},[1-9]\d{0,5},[1-9]\d{0,5}$/, "must be a rectangle in pixels such as 10,20,300,40"),
    ).default([]),
    { flag: "ignore-region", placeholder: "x,y,w,h" },
  ).describe("a rectangle that is not compared"),
  any_size: z.boolean().default(false).describe("compare pictures of two sizes too; what only one has is changed"),
  ignore_antialiasing: z.boolean().default(false).describe("do not count pixels that differ by smoothed edges alone"),
};

/** `visual-diff` (spec 05 §5.6, §9): the comparison alone, without a ledger. */
export const visualDiff = operation({
  path: "qa.visualDiff",
  kind: "mutation",
  summary: "Compare two PNG pictures pixel by pixel; write a picture, a report or a page of what changed",
  ledger: "none",
  refuses: ["conflicting_flags", "side_effect_failed"],
  cli: {
    command: "visual-diff",
    place: 50,
    prints: "json",
    here: true,
    notes: `A pixel is changed when any of its samples differs by more than the tolerance; alpha counts. PNG of every colour
type up to 8,000 x 8,000 pixels. The exit code is 0 whatever the score; with --fail-above 1 above the threshold.`,
    examples: [
      "visual-diff --reference design.png --candidate now.png --threshold 0.01",
      "visual-diff --reference a.png --candidate b.png --threshold 0 --ignore-region 0,0,200,40 --html-output diff.html --fail-above",
    ],
  },
  input: z.object({
    ...visualDiffFields,
    fail_above: z.boolean().default(false).describe("end with exit code 1 above the threshold"),
  }),
  output: visualDiffReport,
});
