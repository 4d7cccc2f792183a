/** What a dispatcher remembers of the turn ends that it judged; losing it costs time, never correctness. */
export interface CompletionMemory {
  /** Per binding, the newest turn end that was judged. */
  judged_ends: Map<string, number>;
  /** What the ledger knew of turns when the last of them was judged: while it knows no more, nobody has to look again. */
  all_judged: string | undefined;
}

/** Nothing was judged yet. */
export function freshCompletionMemory(): CompletionMemory {
  return { judged_ends: new Map(), all_judged: undefined };
}
