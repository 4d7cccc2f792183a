import { readFileSync } from "node:fs";
import { allOperations } from "@conveyor/contracts";
import { describe, expect, it } from "vitest";
import { commandsPage, commandsPageFile, coveredCommands } from "./commands.ts";

const commands = coveredCommands();
const names = (rows: typeof commands) => rows.map(({ command }) => command);

describe("every command that the specification names and that is built", () => {
  it("stands in the inventory", () => {
    const built = new Set(allOperations().map(({ cli }) => cli.command));
    expect([...built].filter((command) => !names(commands).includes(command))).toEqual([]);
  });

  it("is served by an operation", () => {
    expect(names(commands.filter(({ operations }) => operations.length === 0))).toEqual([]);
  });

  it("is exercised by a test", () => {
    expect(names(commands.filter(({ tests }) => tests.length === 0))).toEqual([]);
  });

  it("stands in docs/commands.md with its tests (`pnpm run docs` writes it)", () => {
    expect(readFileSync(commandsPageFile, "utf8")).toBe(commandsPage(commands));
  });
});
