/** Largest process number of any system we run on (Linux: 2^22). */
const LARGEST_PID = 2 ** 31 - 1;

/**
 * Whether a value from a file or a ledger can be the number of one process. Numbers below 1 mean groups of processes, or
 * all processes of the user, to whoever sends a signal.
 */
export function isPid(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LARGEST_PID;
}
