/** How many single-character edits turn one word into the other. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}

/** Words longer than this are no misspelling of anything, and comparing them would only cost time. */
const LONGEST_WORD = 64;

/** The word that was probably meant, or undefined when nothing comes close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  let best: { word: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const isPart = word.length >= 3 && (candidate.startsWith(word) || candidate.endsWith(`-${word}`));
    const edits = isPart ? 1 : distance(word.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || edits < best.edits) best = { word: candidate, edits };
  }
  const allowed = Math.max(1, Math.floor(word.length / 3));
  return best !== undefined && best.edits <= allowed ? best.word : undefined;
}
