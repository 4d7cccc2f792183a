import { parseArgs } from "node:util";
import type { FlagSpec } from "./manifest.ts";
import { usageError } from "./usage-error.ts";

/** One flag as it stands on the command line; `value` is null for a flag without one. */
interface GivenFlag {
  name: string;
  value: string | null;
}

export interface Given {
  flags: GivenFlag[];
  positionals: string[];
}

/** Whether the flag takes a value from the command line. */
export function takesValue(spec: FlagSpec): boolean {
  return spec.type !== "boolean";
}

/**
 * The flags of these that stand before the command, and what follows them: `--path X tasks` is `tasks --path X`. Stops at
 * the first argument that is none of them; a flag whose value is missing is left to the strict reading.
 */
export function leadingFlags(
  argv: readonly string[],
  known: readonly FlagSpec[],
): { flags: readonly string[]; rest: readonly string[] } {
  let end = 0;
  for (let argument = argv[end]; argument !== undefined; argument = argv[end]) {
    const [name = ""] = argument.split("=", 1);
    const spec = known.find(({ flag, short }) => name === `--${flag}` || name === `-${short}`);
    if (spec === undefined) break;
    end += takesValue(spec) && !argument.includes("=") ? 2 : 1;
  }
  return { flags: argv.slice(0, end), rest: argv.slice(end) };
}

/** The arguments before `--`, in which alone flags can stand. */
export function beforeTerminator(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end === -1 ? argv : argv.slice(0, end);
}

/**
 * The names of the flags on a command line. A value that begins with `--` must be written `--flag=value`, so every
 * argument that begins with `--` is a flag, whatever flag stands before it; so is a letter behind one dash.
 */
export function flagNames(argv: readonly string[]): string[] {
  return beforeTerminator(argv)
    .filter((argument) => argument.startsWith("--") || /^-[a-z]$/.test(argument))
    .map((argument) => argument.replace(/^--?/, "").split("=", 1)[0] as string);
}

const NEGATIVE_NUMBER = /^-\.?\d/;

/**
 * Split a command line into flags and positional arguments. Which flags exist is not judged here; `known` only says
 * which of them take a value. Throws `usage` for a missing value and for a short flag that none of them has.
 */
export function splitArguments(argv: readonly string[], known: readonly FlagSpec[]): Given {
  const options: Record<string, { type: "string" | "boolean"; multiple: true }> = {};
  for (const spec of known) {
    const type = takesValue(spec) ? "string" : "boolean";
    for (const name of [spec.flag, ...(spec.aliases ?? [])]) options[name] = { type, multiple: true };
  }
  const args = [...argv];
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const given: Given = { flags: [], positionals: [] };
  let lastIndex = -1;
  for (const token of tokens) {
    if (token.kind === "positional") given.positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (!token.rawName.startsWith("--")) {
      // `-12` arrives as one token per character; the whole argument is meant.
      if (token.index === lastIndex) continue;
      lastIndex = token.index;
      const whole = args[token.index] as string;
      const short = known.find((spec) => whole === `-${spec.short}`);
      if (short !== undefined) {
        given.flags.push({ name: short.flag, value: null });
        continue;
      }
      if (!NEGATIVE_NUMBER.test(whole))
        throw usageError(`there is no flag ${whole}`, `flags begin with --; to pass it as a value write -- ${whole}`);
      given.positionals.push(whole);
      continue;
    }
    const isString = Object.hasOwn(options, token.name) && options[token.name]?.type === "string";
    const isFlagLike = token.inlineValue === false && token.value.startsWith("--");
    if (isString && (token.value === undefined || isFlagLike)) {
      throw usageError(
        `--${token.name} needs a value`,
        isFlagLike ? `write --${token.name}=${token.value} if ${token.value} is the value` : undefined,
        { flag: token.name },
      );
    }
    given.flags.push({ name: token.name, value: token.value ?? null });
  }
  return given;
}

/**
 * Split the command line of a command that hands the rest on to another program: its own flags, `positionals` arguments,
 * and then everything that is neither, in order, followed by all that stands after `--`. `with_value` names flags of that
 * other program which take the next argument along, so that it counts for nothing of ours. Throws `usage`.
 */
export function splitRest(
  argv: readonly string[],
  known: readonly FlagSpec[],
  with_value: readonly string[],
  positionals: number,
): Given {
  const own = new Map<string, FlagSpec>();
  for (const spec of known) for (const name of [spec.flag, ...(spec.aliases ?? [])]) own.set(`--${name}`, spec);
  const given: Given = { flags: [], positionals: [] };
  const rest: string[] = [];
  const args = [...beforeTerminator(argv)];
  for (let argument = args.shift(); argument !== undefined; argument = args.shift()) {
    const [name = "", ...values] = argument.split("=");
    const spec = own.get(name);
    if (spec !== undefined) {
      const inline = values.length > 0 ? values.join("=") : undefined;
      const value = takesValue(spec) ? (inline ?? args.shift()) : (inline ?? null);
      if (value === undefined || (inline === undefined && value?.startsWith("--"))) {
        throw usageError(`${name} needs a value`, undefined, { flag: spec.flag });
      }
      given.flags.push({ name: name.slice(2), value });
    } else if (argument.startsWith("-") || given.positionals.length === positionals) {
      rest.push(argument);
      const next = with_value.includes(argument) ? args.shift() : undefined;
      if (next !== undefined) rest.push(next);
    } else {
      given.positionals.push(argument);
    }
  }
  // Without its own arguments the command is refused for their lack; the rest must not be taken for one of them.
  if (given.positionals.length < positionals) return given;
  return { ...given, positionals: [...given.positionals, ...rest, ...argv.slice(beforeTerminator(argv).length + 1)] };
}
