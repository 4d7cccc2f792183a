import { connection } from "../live/connection.ts";
import { codeOf, problemOf } from "../live/problem.ts";
import type { Offer } from "./acts.ts";
import { commandLineOf } from "./command-line.ts";

/** What became of something that was done in this tab. */
export interface Receipt {
  id: number;
  /** What was asked for; once it is done, what holds now. */
  text: string;
  command: string;
  phase: "running" | "done" | "refused" | "failed";
  /** Why it was not done, and the code of that; null when it was. */
  problem: string | null;
  code: string | null;
  /** What the server answered, as `--json` would print it; null until then. */
  answer: unknown;
  /** When it was asked for and when it was answered, in milliseconds since the epoch. */
  asked_at: number;
  answered_at: number | null;
  /** Whether its notice has been put away. */
  read: boolean;
}

/** The notice of something that was done goes by itself after so many milliseconds; what was refused stays. */
const NOTICED_MS = 8000;
/** Receipts kept under "What you did". */
const KEPT = 8;

let receipts: readonly Receipt[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Receipt[]): void {
  receipts = next;
  for (const tell of listeners) tell();
}

/** The receipt as it is now; one that is no longer kept changes nothing on the page. */
function update(before: Receipt, change: Partial<Receipt>): Receipt {
  const after = { ...before, ...change };
  set(receipts.map((one) => (one.id === before.id ? after : one)));
  return after;
}

export function subscribeReceipts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The newest first. */
export const readReceipts = (): readonly Receipt[] => receipts;

/** Put the notice of a receipt away; the receipt stays under "What you did". */
export function putAway(receipt: Receipt): void {
  update(receipt, { read: true });
}

/** Do it, and keep a receipt of it. Never throws: what was refused stands in the receipt. */
export function perform({ act, verb, done }: Offer): Promise<Receipt> {
  return leaveReceipt({ text: verb, command: commandLineOf(act), done }, () =>
    connection.client.mutation(act.path, act.input),
  );
}

/** What a receipt says before and after something was done. */
export interface ReceiptWords {
  text: string;
  command: string;
  done: string;
}

/** Do something and keep a receipt of it. Never throws: what was refused stands in the receipt. */
export async function leaveReceipt(
  { text, command, done }: ReceiptWords,
  work: () => Promise<unknown>,
): Promise<Receipt> {
  last += 1;
  const receipt: Receipt = {
    id: last,
    text,
    command,
    phase: "running",
    problem: null,
    code: null,
    answer: null,
    asked_at: Date.now(),
    answered_at: null,
    read: false,
  };
  set([receipt, ...receipts].slice(0, KEPT));
  try {
    const answer = await work();
    const settled = update(receipt, { phase: "done", text: done, answer, answered_at: Date.now() });
    setTimeout(() => putAway(settled), NOTICED_MS);
    return settled;
  } catch (thrown) {
    const problem = problemOf(thrown);
    const answered_at = Date.now();
    if (problem !== null) return update(receipt, { phase: "refused", problem, code: codeOf(thrown), answered_at });
    // The connection broke before the answer: it may have been done all the same.
    const unsure = "The server did not answer. It may have been done; look before you do it again.";
    return update(receipt, { phase: "failed", problem: unsure, code: "server_unreachable", answered_at });
  }
}
