/** The names of the filters, by their number. */
const FILTERS = 5;

/**
 * Undo the filter of one line in place: `line` holds the filtered bytes, `above` the finished line over it, zeros for the
 * first one of a pass; `step` is how far the pixel to the left is away, in bytes. Returns false for a filter that PNG does
 * not know. Pure but for `line`.
 */
export function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): boolean {
  if (filter === 1) undoSub(line, step);
  else if (filter === 2) undoUp(line, above);
  else if (filter === 3) undoAverage(line, above, step);
  else if (filter === 4) undoPaeth(line, above, step);
  return filter < FILTERS;
}

function undoSub(line: Uint8Array, step: number): void {
  for (let i = step; i < line.length; i += 1) line[i] = (line[i] as number) + (line[i - step] as number);
}

function undoUp(line: Uint8Array, above: Uint8Array): void {
  for (let i = 0; i < line.length; i += 1) line[i] = (line[i] as number) + (above[i] as number);
}

function undoAverage(line: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < line.length; i += 1) {
    const left = i < step ? 0 : (line[i - step] as number);
    line[i] = (line[i] as number) + ((left + (above[i] as number)) >> 1);
  }
}

/** What is nearest to left + up - upper left; of equals the left one, then the upper one. */
function undoPaeth(line: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < Math.min(step, line.length); i += 1) line[i] = (line[i] as number) + (above[i] as number);
  for (let i = step; i < line.length; i += 1) {
    const left = line[i - step] as number;
    const up = above[i] as number;
    const corner = above[i - step] as number;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - corner - corner);
    const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    line[i] = (line[i] as number) + nearest;
  }
}
