import { ConveyorError } from "@conveyor/contracts/errors";
import { CHANGED, type Compared, RowComparison, SMOOTHED } from "./compare-rows.ts";
import type { SampleBits } from "./expand.ts";
import { pictureError } from "./picture-error.ts";
import { MOST_PIXELS_HELD, PngFile } from "./png-file.ts";
import { pixelRows } from "./png-rows.ts";
import { PngWriter } from "./png-writer.ts";
import type { Region } from "./regions.ts";
import { smoothedPixels } from "./smoothing.ts";

/** Two pictures, and how they are to be compared. */
export interface PicturesToCompare {
  /** Absolute path of the picture of what it shall look like. */
  reference: string;
  /** Absolute path of the picture of what it looks like. */
  candidate: string;
  /** By how much a sample may differ, on the scale 0 to 255; 0 takes every difference. */
  tolerance: number;
  ignored: readonly Region[];
  /** Whether pictures of two sizes are refused, or what only one of them has counts as changed. */
  sizes: "equal" | "any";
  /** Whether the smoothing of edges counts as a change. */
  smoothing: "counts" | "is ignored";
  /** Absolute path of the picture of the differences; null for none. */
  diff_output: string | null;
}

/** What is known of one of the two pictures. */
export interface ComparedPicture {
  width: number;
  height: number;
  bytes: number;
  sha256: string;
}

/** What a comparison of two files came to. */
export interface PictureDifference extends Compared {
  width: number;
  height: number;
  reference: ComparedPicture;
  candidate: ComparedPicture;
}

/**
 * Compare two PNG files pixel by pixel, and draw their difference when a place for it is named: what is equal transparent,
 * what changed opaque red, what is smoothing alone yellow. Both are read once, line by line: only interlaced pictures, and
 * any when smoothing is to be told apart, are held as a whole. Throws `invalid_input` for pictures that cannot be compared,
 * with nothing written; the error of the system when the drawing cannot be written.
 */
export async function comparePictures(wanted: PicturesToCompare): Promise<PictureDifference> {
  const reference = await PngFile.open({ label: "--reference", path: wanted.reference });
  try {
    const candidate = await PngFile.open({ label: "--candidate", path: wanted.candidate });
    try {
      assertComparable(reference, candidate, wanted);
      return await compareFiles(reference, candidate, wanted);
    } finally {
      await candidate.close();
    }
  } finally {
    await reference.close();
  }
}

function assertComparable(reference: PngFile, candidate: PngFile, wanted: PicturesToCompare): void {
  const [one, other] = [reference.header, candidate.header];
  const isEqual = one.width === other.width && one.height === other.height;
  if (!isEqual && wanted.sizes === "equal") {
    const sizes = `reference=${one.width}x${one.height} candidate=${other.width}x${other.height}`;
    throw pictureError(
      { label: "--candidate", path: wanted.candidate },
      "other_size",
      `has another size than the reference: ${sizes}`,
    );
  }
  const { width, height } = sizeOfBoth(reference, candidate);
  if (wanted.smoothing === "is ignored" && width * height > MOST_PIXELS_HELD) {
    throw reference.problem(
      "too_large",
      `has more than ${MOST_PIXELS_HELD / 1e6} million pixels, too many for smoothing to be told apart`,
    );
  }
}

function sizeOfBoth({ header: one }: PngFile, { header: other }: PngFile) {
  return { width: Math.max(one.width, other.width), height: Math.max(one.height, other.height) };
}

async function compareFiles(
  reference: PngFile,
  candidate: PngFile,
  wanted: PicturesToCompare,
): Promise<PictureDifference> {
  const { width, height } = sizeOfBoth(reference, candidate);
  const drawing = wanted.diff_output === null ? undefined : new PngWriter(wanted.diff_output, width, height);
  try {
    const compared = await compareLines(reference, candidate, { ...wanted, width, height, drawing });
    if (compared.total_pixels === 0) throw nothingLeft();
    await drawing?.finish();
    return { width, height, ...compared, reference: factsOf(reference), candidate: factsOf(candidate) };
  } catch (error) {
    await drawing?.abandon();
    throw error;
  }
}

function nothingLeft(): ConveyorError {
  return new ConveyorError("invalid_input", "--ignore-region leaves nothing to compare", {
    hint: "leave at least one pixel of the picture uncovered",
  });
}

interface Job extends PicturesToCompare {
  width: number;
  height: number;
  drawing: PngWriter | undefined;
}

async function compareLines(reference: PngFile, candidate: PngFile, job: Job): Promise<Compared> {
  const { width, height, tolerance, ignored, drawing } = job;
  const bits: SampleBits = reference.header.depth === 16 || candidate.header.depth === 16 ? 16 : 8;
  const comparison = new RowComparison({ width, bits, tolerance, ignored });
  const smoothed = job.smoothing === "is ignored" ? await smoothedIn(job) : undefined;
  const [left, right] = [pixelRows(reference, bits), pixelRows(candidate, bits)];
  const line = drawing && new Uint8Array(width * 4);
  try {
    // One step further than there are lines: behind the last one stands what shows that a picture is whole.
    for (let y = 0; y <= height; y += 1) {
      const [one, other] = await Promise.all([left.next(), right.next()]);
      if (y === height) break;
      comparison.row(
        y,
        one.value || undefined,
        other.value || undefined,
        smoothed?.subarray(y * width, (y + 1) * width),
      );
      if (line !== undefined) await drawing?.row(draw(comparison.marks, line));
    }
  } finally {
    await Promise.allSettled([left.return(undefined), right.return(undefined)]);
  }
  return comparison.result;
}

/** Which pixels differ by smoothing alone. Reads both files beforehand, since that is seen by looking around a pixel. */
async function smoothedIn({ reference, candidate, width, height, ignored }: Job): Promise<Uint8Array> {
  const left = await wholePicture({ label: "--reference", path: reference }, width, height);
  const right = await wholePicture({ label: "--candidate", path: candidate }, width, height);
  return smoothedPixels(left, right, { width, height, ignored });
}

async function wholePicture(name: { label: string; path: string }, width: number, height: number): Promise<Uint8Array> {
  const png = await PngFile.open(name);
  try {
    const pixels = new Uint8Array(width * height * 4);
    let y = 0;
    for await (const row of pixelRows(png, 8)) {
      // A file that grew since it was looked at first must not write beyond its place.
      if (y < height) pixels.set(row.subarray(0, width * 4), y * width * 4);
      y += 1;
    }
    return pixels;
  } finally {
    await png.close();
  }
}

const RED = [255, 0, 0, 255] as const;
const YELLOW = [255, 255, 0, 255] as const;

function draw(marks: Uint8Array, line: Uint8Array): Uint8Array {
  line.fill(0);
  for (let x = marks.indexOf(CHANGED); x !== -1; x = marks.indexOf(CHANGED, x + 1)) line.set(RED, 4 * x);
  for (let x = marks.indexOf(SMOOTHED); x !== -1; x = marks.indexOf(SMOOTHED, x + 1)) line.set(YELLOW, 4 * x);
  return line;
}

function factsOf({ header: { width, height }, bytes, sha256 }: PngFile): ComparedPicture {
  return { width, height, bytes, sha256 };
}
