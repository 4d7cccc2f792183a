import type { Vocabulary } from "@conveyor/contracts/generated/vocabulary";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { Settings } from "../ctx.ts";

/** What a printed command needs to know of where it will be typed. */
export type Program = Pick<Settings, "program" | "ledger_path">;

/** A place that the reader of a printed command fills in, such as `<task>`. */
export interface Slot {
  slot: string;
}

/** An unfilled place in a printed command; stands there unquoted (spec 01 §4.8). */
export function slot(name: string): Slot {
  return { slot: name };
}

export type FlagValue = string | number | boolean | Slot | readonly string[] | null | undefined;

/** A command of the registry, with the word that selects a form of it: `cycle`, `commands retry`. */
export type CommandWords = keyof Vocabulary;

/** Values for flags that this command has, and for no others. */
export type FlagsOf<Words extends CommandWords> = {
  readonly [Flag in Vocabulary[Words] | "json"]?: FlagValue;
};

/**
 * A command for an agent to copy (spec 01 §4.8): the program as it must be called here, the command's name, positional
 * values, flags in the given order, and always the absolute ledger path. Command and flags are those of the registry: what
 * does not exist does not compile. Every value from outside is quoted for a POSIX shell; numbers and slots are not. Flag
 * names are written in snake_case as in the contracts; `true` prints the bare flag, a list repeats it, null, undefined and
 * false leave it out. `json` comes last.
 */
export function commandLine<Words extends CommandWords>(
  settings: Program,
  [command, ...positionals]: readonly [Words, ...(string | Slot)[]],
  flags: FlagsOf<NoInfer<Words>> = {},
): string {
  const { json, ...others }: Readonly<Record<string, FlagValue>> = flags;
  const values = positionals.map(valueText);
  const words = Object.entries({ ...others, path: settings.ledger_path, json }).flatMap(([name, value]) =>
    flagWords(`--${name.replaceAll("_", "-")}`, value),
  );
  // What begins with a dash is no flag only behind the terminator.
  const isDashed = positionals.some((value) => typeof value === "string" && value.startsWith("-"));
  const placed = isDashed ? [...words, "--", ...values] : [...values, ...words];
  return [settings.program, command, ...placed].join(" ");
}

function flagWords(flag: string, value: FlagValue): string[] {
  if (value === null || value === undefined || value === false) return [];
  if (value === true) return [flag];
  if (typeof value === "object" && !("slot" in value)) return value.flatMap((one) => flagWords(flag, one));
  const text = valueText(value);
  // A value that begins with dashes would be read as the next flag.
  return typeof value === "string" && value.startsWith("--") ? [`${flag}=${text}`] : [flag, text];
}

function valueText(value: string | number | Slot): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? shellQuote(value) : `<${value.slot}>`;
}
