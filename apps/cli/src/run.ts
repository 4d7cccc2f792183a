import { nearest } from "@conveyor/contracts/nearest";
import { defineCommand, runCommand } from "citty";
import { commands } from "./commands/index.ts";
import { execute, wantsJson } from "./execute.ts";
import { topHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { GLOBAL_FLAGS } from "./manifest.ts";
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
    if (first === "help") return await printHelpOf(args.slice(1), io, program);
    if (["--version", "-v", "-V", "version"].includes(first)) return await printVersion(program, io);
    if (first.startsWith("-")) {
      const isKnown = GLOBAL_FLAGS.some(({ flag }) => first === `--${flag}` || first.startsWith(`--${flag}=`));
      const message = isKnown ? `${quote(first)} stands before the command` : `unknown option ${quote(first)}`;
      throw usageError(message, `usage: ${program} <command> [arguments] [flags]`);
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

/** `help` alone is the help of all commands, `help COMMAND` that of one. */
async function printHelpOf([command, ...more]: string[], io: Io, program: string): Promise<number> {
  if (command === undefined || command.startsWith("-")) return printTopHelp(program, io);
  return run([command, ...more, "--help"], io);
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
