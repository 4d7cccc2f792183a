import { ConveyorError } from "@conveyor/contracts/errors";

/** The variable by which a process that opens the ledger is asked to be durable. */
export const DURABLE = "CONVEYOR_DURABLE";

const ASKED: Readonly<Record<string, boolean>> = { 1: true, true: true, yes: true, 0: false, false: false, no: false };

/**
 * Whether the environment asks that writes are acknowledged only when they are on the disk. Unset or empty does not. Throws
 * `usage` for a word that means neither: taken for "no", a typing error would show only after a power cut.
 */
export function isDurabilityAsked(env: Readonly<Record<string, string | undefined>>): boolean {
  const word = env[DURABLE] || "0";
  const asked = Object.hasOwn(ASKED, word) ? ASKED[word] : undefined;
  if (asked !== undefined) return asked;
  throw new ConveyorError(
    "usage",
    `${DURABLE} is ${JSON.stringify(word.slice(0, 40))}, which means neither yes nor no`,
    {
      hint: `set it to 1, true or yes to have every commit wait for the disk; 0, false or no, or unset, for not`,
      details: { variable: DURABLE, value: word.slice(0, 200), accepted: Object.keys(ASKED) },
    },
  );
}
