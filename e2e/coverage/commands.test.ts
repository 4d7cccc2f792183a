import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commandsPage, commandsPageFile, coveredCommands } from "./commands.ts";

const commands = coveredCommands();
const names = (rows: typeof commands) => rows.map(({ command }) => command);

describe("every command", () => {
  it("is exercised by a test", () => {
    expect(names(commands.filter(({ tests }) => tests.length === 0))).toEqual([]);
  });

  it("stands in docs/commands.md with its tests (`pnpm run docs` writes it)", () => {
    expect(readFileSync(commandsPageFile, "utf8")).toBe(commandsPage(commands));
  });
});
