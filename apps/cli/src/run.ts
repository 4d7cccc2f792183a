import { defineCommand, runCommand } from "citty";
import { commands } from "./commands/index.ts";
import { execute, wantsJson } from "./execute.ts";
import { topHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { nearest } from "./nearest.ts";
import { paletteFor } from "./print/palette.ts";
import { programName } from "./program-name.ts";
import { reportError } from "./report.ts";
import { usageError } from "./usage-error.ts";
import { quote } from "./values.ts";

/**
 * Run the command line `argv` (without node and script) in these surroundings and return the exit code. Prints to `io`
 * only and never throws (spec 01 §4).
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const program = programName(io);
  // The switch of an older runtime; accepted so that old scripts go on working.
  const args = argv[0] === "--ts-runtime" ? argv.slice(1) : [...argv];
  const [first] = args;
  try {
    if (first === undefined || first === "-h" || first === "--help") return await printTopHelp(program, io);
    if (first === "--version") return await printVersion(program, io);
    if (first.startsWith("-")) {
      throw usageError(`${quote(first)} stands before the command`, `usage: ${program} <command> [arguments] [flags]`);
    }
    const command = Object.hasOwn(commands, first) ? first : await calledAs(first);
    if (command === undefined) throw unknownCommand(first, program);
    args[0] = command;
  } catch (error) {
    return reportError(error, io, wantsJson(args));
  }
  return runTree(args, io, program);
}

/** The command tree: every command a lazy sub-command that leaves its arguments to our own strict reading. */
async function runTree(rawArgs: string[], io: Io, program: string): Promise<number> {
  let exitCode = 2;
  const lazily = (name: string, load: (typeof commands)[string]) => async () => {
    const { command } = await load();
    return defineCommand({
      meta: { name },
      run: async (context) => {
        exitCode = await execute(command, context.rawArgs, io, program);
      },
    });
  };
  const subCommands = Object.fromEntries(Object.entries(commands).map(([name, load]) => [name, lazily(name, load)]));
  await runCommand(defineCommand({ meta: { name: program }, subCommands }), { rawArgs });
  return exitCode;
}

/** The command that has this as a further name. */
async function calledAs(name: string): Promise<string | undefined> {
  const { catalog } = await import("./generated/catalog.ts");
  return catalog.find(({ aliases }) => aliases?.includes(name))?.command;
}

function unknownCommand(name: string, program: string): Error {
  const near = nearest(name, Object.keys(commands));
  const hint = near === undefined ? `${program} --help lists the commands` : `did you mean ${near}?`;
  return usageError(`there is no command ${quote(name)}`, hint, { command: name, ...(near && { nearest: near }) });
}

async function printTopHelp(program: string, io: Io): Promise<number> {
  const { catalog } = await import("./generated/catalog.ts");
  await io.stdout.write(topHelp(program, catalog, paletteFor(io.stdout, io.env)));
  return 0;
}

async function printVersion(program: string, io: Io): Promise<number> {
  const { VERSION } = await import("./version.ts");
  await io.stdout.write(`${program} ${VERSION}\n`);
  return 0;
}
