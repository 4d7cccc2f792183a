import type { Input, Output, VisualDiffReport } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { sortedKeys } from "@conveyor/contracts/json";
import { assertOutputPlace, realPath, replaceFile } from "@conveyor/files";
import {
  type PagePicture,
  type PictureDifference,
  pageOfDifference,
  pagePicture,
  pictureDifference,
  type Region,
} from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";

/** What is compared and how, without what decides the exit code. */
export type PicturesAsked = Omit<Input<"qa.visualDiff">, "fail_above">;

/**
 * Compare two pictures, and write what was asked for (spec 05 §5.6, §9). Throws `invalid_input` for pictures that cannot
 * be compared and places that cannot be written, `conflicting_flags`, with nothing written then; `side_effect_failed`.
 */
export async function visualDiff(ctx: HostCtx, input: Input<"qa.visualDiff">): Promise<Output<"qa.visualDiff">> {
  assertPlaces(input);
  return writeVisualDiff(ctx, input);
}

/**
 * See that everything can be written where it is wanted, before anything is read. Throws `invalid_input`, and
 * `conflicting_flags` where one file would replace another.
 */
export function assertPlaces(asked: PicturesAsked): void {
  const taken = new Map<string, string>();
  for (const flag of ["reference", "candidate"] as const) taken.set(realPath(asked[flag]), `--${flag}`);
  for (const [flag, path] of [
    ["--diff-output", asked.diff_output],
    ["--report-output", asked.report_output],
    ["--html-output", asked.html_output],
  ] as const) {
    if (path === undefined) continue;
    assertOutputPlace(path, flag);
    const other = taken.get(realPath(path));
    if (other !== undefined) {
      throw new ConveyorError("conflicting_flags", `${other} and ${flag} name the same file`, {
        hint: "give each a file of its own",
      });
    }
    taken.set(realPath(path), flag);
  }
}

/** Compare, write, and say what came of it. The places have been looked at. */
export async function writeVisualDiff(_ctx: HostCtx, asked: PicturesAsked): Promise<VisualDiffReport> {
  const ignored = asked.ignored_regions.map(regionOf);
  const { reference, candidate, diff_output = null, html_output, report_output } = asked;
  const shown = html_output === undefined ? undefined : await picturesOf(asked);
  const found = await pictureDifference({
    reference,
    candidate,
    tolerance: asked.tolerance,
    ignored,
    sizes: asked.any_size ? "any" : "equal",
    smoothing: asked.ignore_antialiasing ? "is ignored" : "counts",
    diff_output,
  }).catch(asRefusal);
  const report = reportOf(asked, ignored, found);
  try {
    if (html_output !== undefined && shown !== undefined) replaceFile(html_output, await pageOf(report, shown));
    if (report_output !== undefined) replaceFile(report_output, `${JSON.stringify(sortedKeys(report), null, 2)}\n`);
  } catch (error) {
    asRefusal(error);
  }
  return report;
}

/** Throws what it is given, an error of the system as one that says what to do. */
function asRefusal(error: unknown): never {
  if (error instanceof ConveyorError || (error as NodeJS.ErrnoException).code === undefined) throw error;
  throw new ConveyorError("side_effect_failed", `the comparison could not be written: ${(error as Error).message}`, {
    hint: "see that there is room and that you may write there, then try again",
    cause: error,
  });
}

/** A rectangle as it is typed: `x,y,w,h`. The contract has looked at its form. */
function regionOf(text: string): Region {
  const [x = 0, y = 0, width = 0, height = 0] = text.split(",").map(Number);
  return { x, y, width, height };
}

function reportOf(asked: PicturesAsked, ignored: readonly Region[], found: PictureDifference): VisualDiffReport {
  const { total_pixels, changed_pixels } = found;
  const diff_score = changed_pixels / total_pixels;
  return {
    reference: asked.reference,
    candidate: asked.candidate,
    reference_sha256: found.reference.sha256,
    candidate_sha256: found.candidate.sha256,
    viewport: `${found.width}x${found.height}`,
    total_pixels,
    changed_pixels,
    ignored_pixels: found.ignored_pixels,
    antialiased_pixels: found.antialiased_pixels,
    changed_bounds: found.changed_bounds,
    diff_score,
    threshold: asked.threshold,
    below_threshold: diff_score <= asked.threshold,
    tolerance: asked.tolerance,
    ignored_regions: [...ignored],
    diff_image: asked.diff_output ?? null,
    html_report: asked.html_output ?? null,
  };
}

interface ShownPictures {
  reference: PagePicture;
  candidate: PagePicture;
}

/** What the page is to hold, read before anything is written: too large a picture is refused then. */
async function picturesOf({ reference, candidate }: PicturesAsked): Promise<ShownPictures> {
  return {
    reference: await pagePicture("Reference", { label: "--reference", path: reference }),
    candidate: await pagePicture("Candidate", { label: "--candidate", path: candidate }),
  };
}

async function pageOf(report: VisualDiffReport, shown: ShownPictures): Promise<string> {
  const { changed_bounds: bounds, diff_image: path } = report;
  return pageOfDifference({
    ...shown,
    title: report.below_threshold
      ? "Visual difference: within the threshold"
      : "Visual difference: above the threshold",
    facts: [
      ["Score", `${scoreText(report.diff_score)}, threshold ${scoreText(report.threshold)}`],
      ["Changed", `${report.changed_pixels} of ${report.total_pixels} pixels, tolerance ${report.tolerance}`],
      ["Where", bounds === null ? "nowhere" : `${bounds.width}x${bounds.height} at ${bounds.x},${bounds.y}`],
      ["Left out", `${report.ignored_pixels} ignored, ${report.antialiased_pixels} smoothed pixels`],
      ["Size", report.viewport],
      ["Reference", `${report.reference} (SHA-256 ${report.reference_sha256})`],
      ["Candidate", `${report.candidate} (SHA-256 ${report.candidate_sha256})`],
    ],
    difference: path === null ? null : await pagePicture("Difference", { label: "--diff-output", path }),
  });
}

/** A score as people read it: whole numbers plain, others with up to six significant digits (spec 05 §5.6). Pure. */
export function scoreText(score: number): string {
  return Number.isInteger(score) ? String(score) : String(Number(score.toPrecision(6)));
}
