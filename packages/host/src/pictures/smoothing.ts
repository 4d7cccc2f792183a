import { openStretches, type Region } from "./regions.ts";

/** The colour in which smoothed pixels come back; greys, in which all others are drawn, cannot be taken for it. */
const SMOOTHED_COLOUR = [0, 0, 255] as const;

/**
 * For every pixel of two pictures of one size whether its difference is how an edge was smoothed, as pixelmatch tells it
 * (A. Vyšniauskas' test for anti-aliasing): 1 for those, else 0. The pictures are RGBA of 8 bits.
 */
export async function smoothedPixels(
  left: Uint8Array,
  right: Uint8Array,
  { width, height, ignored }: { width: number; height: number; ignored: readonly Region[] },
): Promise<Uint8Array> {
  const { default: pixelmatch } = await import("pixelmatch");
  const drawn = new Uint8Array(width * height * 4);
  const ignoreMask = new Uint8Array(width * height).fill(1);
  for (let y = 0; y < height; y += 1) {
    for (const [from, to] of openStretches(ignored, y, width)) ignoreMask.fill(0, y * width + from, y * width + to);
  }
  pixelmatch(left, right, drawn, width, height, { threshold: 0, alpha: 0, aaColor: [...SMOOTHED_COLOUR], ignoreMask });
  const smoothed = new Uint8Array(width * height);
  for (let i = 0; i < smoothed.length; i += 1) {
    if (drawn[4 * i + 2] === 255 && drawn[4 * i] === 0) smoothed[i] = 1;
  }
  return smoothed;
}
