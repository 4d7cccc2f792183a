import type { SampleBits } from "./expand.ts";
import { openStretches, type Region } from "./regions.ts";

/** How two pictures are compared. */
export interface Comparing {
  width: number;
  bits: SampleBits;
  /** By how much a sample may differ before its pixel counts as changed, on the scale 0 to 255. */
  tolerance: number;
  ignored: readonly Region[];
}

/** What a comparison came to. */
export interface Compared {
  /** Pixels that were compared. */
  total_pixels: number;
  changed_pixels: number;
  ignored_pixels: number;
  /** Differences that are how an edge was smoothed, and are not counted as changes. */
  antialiased_pixels: number;
  /** The smallest rectangle around all changes; null when there are none. */
  changed_bounds: Region | null;
}

/** What became of each pixel of the line that was compared last. */
export const SAME = 0;
export const CHANGED = 1;
export const SMOOTHED = 2;

/** Counts the differences of two pictures line by line, and remembers those of the line before for whoever draws them. */
export class RowComparison {
  /** A value for every pixel of the line that was compared last. */
  readonly marks: Uint8Array;
  readonly #how: Comparing;
  #total = 0;
  #changed = 0;
  #ignored = 0;
  #smoothed = 0;
  #bounds: { left: number; top: number; right: number; bottom: number } | undefined;

  constructor(how: Comparing) {
    this.#how = how;
    this.marks = new Uint8Array(how.width);
  }

  /**
   * Compare line `y`. A picture that has no such line, or ends before its right edge, gives what it has: every pixel that
   * only one of them has is changed. `smoothed` says of which pixels a difference is none.
   */
  row(y: number, left: Uint8Array | undefined, right: Uint8Array | undefined, smoothed?: Uint8Array): void {
    const { width, ignored } = this.#how;
    this.marks.fill(SAME);
    let open = 0;
    for (const [from, to] of openStretches(ignored, y, width)) {
      open += to - from;
      this.#stretch(from, to, left, right, smoothed);
    }
    this.#total += open;
    this.#ignored += width - open;
    this.#count(y);
  }

  get result(): Compared {
    const at = this.#bounds;
    return {
      total_pixels: this.#total,
      changed_pixels: this.#changed,
      ignored_pixels: this.#ignored,
      antialiased_pixels: this.#smoothed,
      changed_bounds: at
        ? { x: at.left, y: at.top, width: at.right - at.left + 1, height: at.bottom - at.top + 1 }
        : null,
    };
  }

  #stretch(from: number, to: number, left?: Uint8Array, right?: Uint8Array, smoothed?: Uint8Array): void {
    const { bits, tolerance } = this.#how;
    const bytes = bits / 2;
    const both = Math.min(to, Math.floor(Math.min(left?.length ?? 0, right?.length ?? 0) / bytes));
    if (left !== undefined && right !== undefined && both > from) {
      const [start, end] = [from * bytes, both * bytes];
      // Most lines are equal as a whole, which is found out at once.
      if (Buffer.compare(left.subarray(start, end), right.subarray(start, end)) !== 0) {
        for (let x = from; x < both; x += 1) {
          if (!isWithin(left, right, x * bytes, bits, tolerance)) {
            this.marks[x] = smoothed?.[x] ? SMOOTHED : CHANGED;
          }
        }
      }
    }
    this.marks.fill(CHANGED, Math.max(from, both), to);
  }

  #count(y: number): void {
    let [first, last] = [-1, -1];
    for (let x = this.marks.indexOf(CHANGED); x !== -1; x = this.marks.indexOf(CHANGED, x + 1)) {
      if (first === -1) first = x;
      last = x;
      this.#changed += 1;
    }
    for (let x = this.marks.indexOf(SMOOTHED); x !== -1; x = this.marks.indexOf(SMOOTHED, x + 1)) this.#smoothed += 1;
    if (first === -1) return;
    const bounds = (this.#bounds ??= { left: first, top: y, right: last, bottom: y });
    bounds.left = Math.min(bounds.left, first);
    bounds.right = Math.max(bounds.right, last);
    bounds.bottom = y;
  }
}

/** Whether no sample of the pixel that begins at this byte differs by more than the tolerance. Alpha counts. */
function isWithin(left: Uint8Array, right: Uint8Array, at: number, bits: SampleBits, tolerance: number): boolean {
  if (bits === 8) {
    for (let i = at; i < at + 4; i += 1) {
      if (Math.abs((left[i] as number) - (right[i] as number)) > tolerance) return false;
    }
    return true;
  }
  for (let i = at; i < at + 8; i += 2) {
    const one = ((left[i] as number) << 8) | (left[i + 1] as number);
    const other = ((right[i] as number) << 8) | (right[i + 1] as number);
    if (Math.abs(one - other) > tolerance * 257) return false;
  }
  return true;
}
