import { nearest } from "@conveyor/contracts/nearest";
import { runCommand } from "citty";
import { leadingFlags } from "./arguments.ts";
import { execute, wantsJson } from "./execute.ts";
import { furtherNames, shorthands, specs } from "./generated/index.ts";
import { helpPage, topHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { type CommandSpec, GLOBAL_FLAGS } from "./manifest.ts";
import { programName } from "./program-name.ts";
import { reportError } from "./report.ts";
import { commandTree, type RunAmong } from "./tree.ts";
import { usageError } from "./usage-error.ts";
import { quote } from "./values.ts";

/** What may stand before the command as well; help there is that of all commands. */
const FLAGS_BEFORE = GLOBAL_FLAGS.filter(({ flag }) => flag !== "help");

/**
 * Run the command line `argv` (without node and script) in these surroundings and return the exit code. Prints to `io`
 * only and never throws (spec 01 §4).
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  const program = programName(io);
  // The switch of an older runtime; accepted so that old scripts go on working.
  const given = argv[0] === "--ts-runtime" ? argv.slice(1) : argv;
  const { flags, rest } = leadingFlags(given, FLAGS_BEFORE);
  const [word, ...more] = await wordsOf(rest, flags, io);
  const short = word !== undefined && Object.hasOwn(shorthands, word) ? shorthands[word] : undefined;
  const first = short?.command ?? word;
  const args = first === undefined ? [] : [first, ...(short?.words ?? []), ...flags, ...more];
  try {
    if (first === undefined && io.stdout.isTerminal) {
      const { printFirstSteps } = await import("./first-steps.ts");
      return await printFirstSteps(program, io);
    }
    if (first === undefined && flags.length > 0) {
      throw usageError(`a command is missing behind ${flags.join(" ")}`, `${program} --help lists the commands`);
    }
    if (first === undefined || first === "-h" || first === "--help") return await printTopHelp(program, io);
    if (first === "help") return await printHelpOf(more, io, program);
    if (["--version", "-v", "-V", "version"].includes(first)) return await printVersion(program, io);
    if (first.startsWith("-")) {
      throw usageError(`unknown option ${quote(first)}`, `usage: ${program} <command> [arguments] [flags]`);
    }
    if (!Object.hasOwn(specs, first) && !Object.hasOwn(furtherNames, first)) throw unknownCommand(first, program);
  } catch (error) {
    return reportError(error, io, wantsJson(given));
  }
  return runTree(args, io, program);
}

/** What is asked for: nothing at all means the overview where a person is looking (spec 10.3). */
async function wordsOf(rest: readonly string[], flags: readonly string[], io: Io): Promise<readonly string[]> {
  if (rest.length > 0 || !io.stdout.isTerminal) return rest;
  const { isLedgerHere } = await import("./first-steps.ts");
  return isLedgerHere(flags, io) ? ["overview"] : rest;
}

/** Walk down the tree of commands to the one that is named, and run it with all that stands behind its name. */
async function runTree(rawArgs: string[], io: Io, program: string): Promise<number> {
  let exitCode = 2;
  const runAmong: RunAmong = async (spec, among) => {
    exitCode = await execute({ spec, among }, rawArgs.slice(1), io, program);
  };
  try {
    await runCommand(commandTree(program, runAmong), { rawArgs });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "E_UNKNOWN_COMMAND") throw error;
    // The word is none of the command's own: the operation without a word takes it, or says what is wrong with it.
    await runAmong(await specOf(rawArgs[0] as string));
  }
  return exitCode;
}

async function specOf(name: string): Promise<CommandSpec> {
  const load = specs[Object.hasOwn(furtherNames, name) ? (furtherNames[name] as string) : name];
  return (await (load as NonNullable<typeof load>)()).spec;
}

/** `help` alone is the help of all commands, `help COMMAND` that of one. */
async function printHelpOf([command, ...more]: string[], io: Io, program: string): Promise<number> {
  if (command === undefined || command.startsWith("-")) return printTopHelp(program, io);
  return runCommandLine([command, ...more, "--help"], io);
}

function unknownCommand(name: string, program: string): Error {
  const near = nearest(name, [...Object.keys(specs), ...Object.keys(shorthands)].sort());
  const hint = near === undefined ? `${program} --help lists the commands` : `did you mean ${near}?`;
  return usageError(`there is no command ${quote(name)}`, hint, { command: name, ...(near && { nearest: near }) });
}

async function printTopHelp(program: string, io: Io): Promise<number> {
  const { catalog } = await import("./generated/catalog.ts");
  const { areas } = await import("@conveyor/contracts/generated/areas");
  await io.stdout.write(topHelp(program, areas, catalog, helpPage(io)));
  return 0;
}

async function printVersion(program: string, io: Io): Promise<number> {
  const { VERSION } = await import("./version.ts");
  await io.stdout.write(`${program} ${VERSION}\n`);
  return 0;
}
