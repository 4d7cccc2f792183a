import { z } from "zod";
import { filePath, printable } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";

const side = (pixels: number) => z.int().min(1).max(8000).default(pixels);

/** `screenshot` (spec 05 §5.12). */
export const screenshot = operation({
  path: "qa.screenshot",
  kind: "mutation",
  summary: "Take a picture of what a page shows, with a Chromium that is installed",
  ledger: "none",
  refuses: ["conflicting_flags", "side_effect_failed", "tool_missing"],
  cli: {
    command: "screenshot",
    place: 60,
    prints: "json",
    here: true,
    notes: `It needs playwright-core beside this program and a Chromium or Chrome: the one in CONVEYOR_BROWSER_EXECUTABLE,
Playwright's own, or an installed one. Nothing is downloaded. The page gets files of its own folder and this machine's
servers, no other host unless --any-host is given. CONVEYOR_BROWSER_ARGS holds further arguments for the browser.`,
    examples: [
      "screenshot --html page.html --output page.png",
      "screenshot --url http://localhost:5173/ --output page.png --width 390 --height 844",
    ],
  },
  input: z.object({
    html: cli(filePath, { path: true, placeholder: "file" }).optional().describe("the page, as a file"),
    url: printable(2000).optional().describe("the page, as an address of http or https"),
    screenshot_path: cli(filePath, { flag: "output", path: true, placeholder: "png" }).describe("file for the picture"),
    width: side(1440).describe("width of the window in pixels"),
    height: side(900).describe("height of the window in pixels"),
    any_host: z.boolean().default(false).describe("let the page come from, and ask, other machines than this one"),
  }),
  output: z.object({
    backend: z.string().describe("the way to the browser that took it"),
    html_path: z.string().nullable(),
    url: z.string().describe("the address that was opened"),
    screenshot_path: z.string(),
    screenshot_sha256: z.string(),
    viewport: z.string().describe("width and height, as in 1440x900"),
    blocked_requests: count.describe("how many things the page asked for and did not get"),
  }),
});
