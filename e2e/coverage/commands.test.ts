import { describe, expect, it } from "vitest";
import { commandsPage, coveredCommands } from "./commands.ts";

const commands = coveredCommands();
const names = (rows: typeof commands) => rows.map(({ command }) => command);

describe("every command that the specification names and that is built", () => {
  it("is served by an operation", () => {
    expect(names(commands.filter(({ operations }) => operations.length === 0))).toEqual([]);
  });

  it("is exercised by a test", () => {
    expect(names(commands.filter(({ tests }) => tests.length === 0))).toEqual([]);
  });

  it("stands in docs/commands.md with its tests (`npx vitest run e2e/coverage -u` writes it)", async () => {
    await expect(commandsPage(commands)).toMatchFileSnapshot("../../docs/commands.md");
  });
});
