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
    expect(sources).toContain(`"${command}"`);
    for (const { cli } of typed.filter((form) => form.cli.command === command)) {
      if (cli.action !== undefined) expect(sources).toContain(`"${command}", "${cli.action}"`);
      if (cli.select !== undefined) expect(sources).toContain(`"--${cli.select}"`);
    }
  });
});
