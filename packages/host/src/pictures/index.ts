import { closeSync, readSync } from "node:fs";
import type { DifferencePage, PagePicture } from "./difference-page.ts";
import { type PictureName, pictureError } from "./picture-error.ts";
import type { PictureDifference, PicturesToCompare } from "./visual-diff.ts";

export type { DifferencePage, PagePicture } from "./difference-page.ts";
export type { Region } from "./regions.ts";
export type { PictureDifference, PicturesToCompare } from "./visual-diff.ts";

/** See `comparePictures` in visual-diff.ts; loaded when it is first called, since few commands look at pictures. */
export async function pictureDifference(wanted: PicturesToCompare): Promise<PictureDifference> {
  const { comparePictures } = await import("./visual-diff.ts");
  return comparePictures(wanted);
}

/** See `differencePage` in difference-page.ts. */
export async function pageOfDifference(page: DifferencePage): Promise<string> {
  const { differencePage } = await import("./difference-page.ts");
  return differencePage(page);
}

/** Write a PNG of 8-bit RGBA pixels, four bytes each, from the upper left to the lower right. Throws the error of the system. */
export async function writeRgbaPng(
  path: string,
  { width, height, pixels }: { width: number; height: number; pixels: Uint8Array },
): Promise<void> {
  const { PngWriter } = await import("./png-writer.ts");
  const writer = new PngWriter(path, width, height);
  try {
    for (let y = 0; y < height; y += 1) await writer.row(pixels.subarray(y * width * 4, (y + 1) * width * 4));
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Bytes of the largest picture that a page holds. */
const MOST_PAGE_PICTURE_BYTES = 16 * 1024 * 1024;

/** A picture as a page holds it. Throws `invalid_input` for one that cannot be read, or is too large for a page. */
export async function pagePicture(title: string, { label, path }: PictureName): Promise<PagePicture> {
  const { openPicture } = await import("./png-file.ts");
  const { file, stats } = openPicture({ label, path });
  try {
    if (stats.size > MOST_PAGE_PICTURE_BYTES) {
      throw pictureError({ label, path }, "too_large", "is larger than 16 MiB, too large for a page");
    }
    const png = Buffer.alloc(stats.size);
    return { title, path, png: png.subarray(0, readSync(file, png, 0, png.length, 0)) };
  } finally {
    closeSync(file);
  }
}
