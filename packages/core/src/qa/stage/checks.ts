import { isDeepStrictEqual } from "node:util";

/** One check of a receipt: its name, how it came out, and what it is about. */
export interface QaCheck {
  name: string;
  status: "passed" | "failed";
  [fact: string]: unknown;
}

/** What has to hold, as it stands in the receipt of one that does not. */
export interface Expectation {
  what: string;
  expected: unknown;
  actual: unknown;
}

/** A check did not hold; it has been noted. */
export class CheckFailed extends Error {
  readonly check: QaCheck;

  constructor(check: QaCheck, { what, expected, actual }: Expectation) {
    super(`${check.name}: ${what} is ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
    this.check = check;
  }
}

/** The checks of one run, in the order in which they were made. */
export class Checks {
  readonly all: QaCheck[] = [];

  /**
   * Note a check with the facts that it is about: passed when everything that was expected is so. Throws `CheckFailed` for
   * the first thing that is not, with what was expected and what was found in the check.
   */
  note(name: string, facts: Readonly<Record<string, unknown>>, expectations: readonly Expectation[]): QaCheck {
    if (expectations.length === 0) throw new Error(`the check ${name} would pass whatever happens`);
    const wrong = expectations.find(({ expected, actual }) => !isDeepStrictEqual(plain(expected), plain(actual)));
    const check: QaCheck = { name, status: wrong === undefined ? "passed" : "failed", ...facts };
    this.all.push(check);
    if (wrong === undefined) return check;
    Object.assign(check, { invariant: wrong.what, expected: wrong.expected, actual: wrong.actual });
    throw new CheckFailed(check, wrong);
  }
}

/** One thing that has to be so. */
export function expecting(what: string, actual: unknown, expected: unknown): Expectation {
  return { what, expected, actual };
}

/** What the receipt will hold of it. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
