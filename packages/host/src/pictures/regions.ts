/** A rectangle of pixels, counted from the upper left corner. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Which pixels of a line lie in none of the regions, as stretches `[from, to)` from left to right. Pure; regions may overlap
 * and may reach beyond the picture.
 */
export function openStretches(regions: readonly Region[], y: number, width: number): [from: number, to: number][] {
  const covered = regions
    .filter((region) => y >= region.y && y < region.y + region.height)
    .map((region) => [region.x, Math.min(width, region.x + region.width)] as const)
    .sort(([a], [b]) => a - b);
  const open: [number, number][] = [];
  let at = 0;
  for (const [from, to] of covered) {
    if (from > at) open.push([at, Math.min(from, width)]);
    at = Math.max(at, to);
  }
  if (at < width) open.push([at, width]);
  return open;
}
