import { type CommandDef, runCommand } from "citty";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import type { CommandSpec, OperationSpec } from "./manifest.ts";
import { makeWorld, type World } from "./testing/run-cli.ts";

const specs: readonly CommandSpec[] = writeManifest();
const { commandTree } = await import("./tree.ts");

type Nodes = Record<string, () => Promise<CommandDef>>;
const tree = commandTree("conveyor", async () => {});
const nodes = tree.subCommands as Nodes;
const resolved = <T>(value: T | (() => T) | undefined) => (typeof value === "function" ? (value as () => T)() : value);

/** The command and the forms that a command line leads to. */
async function ledTo(...rawArgs: string[]): Promise<{ command: string; paths: string[] | undefined } | undefined> {
  let found: { command: string; paths: string[] | undefined } | undefined;
  const run = async ({ command }: CommandSpec, forms?: readonly OperationSpec[]) => {
    found = { command, paths: forms?.map(({ path }) => path) };
  };
  await runCommand(commandTree("conveyor", run), { rawArgs });
  return found;
}

describe("the tree of commands", () => {
  it("has every command under each of its names, loaded when it is asked for", () => {
    const names = specs.flatMap(({ command, aliases = [] }) => [command, ...aliases]);
    expect(Object.keys(nodes).sort()).toEqual(names.sort());
    for (const node of Object.values(nodes)) expect(node).toBeTypeOf("function");
  });

  it.each(specs.map((spec) => [spec.command, spec] as const))(
    "describes %s as its contract does",
    async (name, spec) => {
      const { meta, args, subCommands } = await (nodes[name] as Nodes[string])();
      expect(resolved(meta)).toMatchObject({ name, description: expect.stringMatching(/^[A-Z`]/) });
      const words = Object.entries((subCommands ?? {}) as Record<string, CommandDef>)
        .filter(([, node]) => !(resolved(node.meta) as { hidden?: boolean }).hidden)
        .map(([word]) => word);
      expect(words).toEqual([...new Set(spec.operations.flatMap(({ action }) => action ?? []))]);
      const flags = spec.operations.flatMap((operation) => operation.flags.map(({ flag }) => flag));
      for (const flag of words.length > 0 ? flags : []) expect(resolved(args)).toHaveProperty([flag]);
    },
  );

  it("goes to the forms behind a word, wherever flags stand", async () => {
    const retry = { command: "commands", paths: ["dispatch.retryCommand"] };
    expect(await ledTo("commands", "retry", "command-1")).toEqual(retry);
    expect(await ledTo("commands", "--task", "dead", "retry", "command-1")).toEqual(retry);
    expect(await ledTo("commands", "--task=dead", "--json", "retry", "command-1")).toEqual(retry);
    expect(await ledTo("commands", "--task", "retry")).toEqual({ command: "commands", paths: undefined });
    expect(await ledTo("search", "x")).toEqual({ command: "discover", paths: ["discovery.discover"] });
  });
});

describe("a word that is none of a command", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world.remove());

  it.each(["constructor", "toString", "__proto__", "(no word)", ""])("is refused: %j", async (word) => {
    const { code, stderr } = await world.cli("commands", word);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: commands has no subcommand/);
  });

  it("is refused before another that is one, and counts as one after `--`", async () => {
    expect((await world.cli("commands", "-", "retry")).stderr).toContain('commands has no subcommand "-"');
    expect((await world.cli("commands", "--", "retry")).stderr).toContain("commands retry needs <");
  });
});
