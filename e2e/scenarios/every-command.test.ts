import { readdirSync, readFileSync } from "node:fs";
import { allOperations } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";

/** Whose commands are typed elsewhere, and why. */
const ELSEWHERE: readonly RegExp[] = [
  // They drive terminals of their own and need no second session: apps/cli/src/workers.test.ts.
  /^workers\./,
  // Wants a ledger that was brought from another machine: e2e/attacks/ledgers.test.ts.
  /^system\.adoptLedger$/,
];

const typed = allOperations().filter(({ path }) => !ELSEWHERE.some((pattern) => pattern.test(path)));
const commands = new Set(typed.map(({ cli }) => cli.command));

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".test.ts") && name !== "every-command.test.ts")
  .map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8"))
  .join("\n");

describe("every command, in each of its forms, is typed in a scenario", () => {
  it.each([...commands])("%s", (command) => {
    const forms = typed.filter((form) => form.cli.command === command);
    const wanted = forms.flatMap(({ cli: { action, select } }) => [
      `"${command}"`,
      ...(action === undefined ? [] : [`"${command}", "${action}"`]),
      ...(select === undefined ? [] : [`"--${select}"`]),
    ]);
    expect(wanted.filter((words) => !sources.includes(words))).toEqual([]);
  });
});
