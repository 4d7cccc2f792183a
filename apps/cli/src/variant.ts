import { nearest } from "@conveyor/contracts/nearest";
import { flagNames, splitArguments } from "./arguments.ts";
import { type CommandSpec, GLOBAL_FLAGS, type VariantSpec } from "./manifest.ts";
import { usageError } from "./usage-error.ts";
import { quote } from "./values.ts";

/** How a form of a command is written: `tasks --create`, `commands retry`, `dispatch status --follow`. */
export function variantName(spec: Pick<CommandSpec, "command">, variant: VariantSpec): string {
  const words = [spec.command];
  if (variant.action !== undefined) words.push(variant.action);
  if (variant.select !== null) words.push(`--${variant.select}`);
  return words.join(" ");
}

/** The form that the bare command means; a command that always needs a word or flag shows its first form instead. */
export function standardVariant({ variants }: CommandSpec): VariantSpec {
  const bare = variants.find(({ action, select }) => action === undefined && select === null);
  return bare ?? (variants[0] as VariantSpec);
}

/** The words of which one may follow the command. */
export function actionsOf({ variants }: CommandSpec): string[] {
  return [...new Set(variants.flatMap(({ action }) => action ?? []))];
}

/**
 * The form of a command that is asked for: of `forms`, by default those that its first word means, the one whose selecting
 * flag is there, otherwise the one without. Throws `usage` when several are asked for, or none where one must be.
 */
export function selectVariant(
  spec: CommandSpec,
  argv: readonly string[],
  forms: readonly VariantSpec[] = formsByWord(spec, argv),
): VariantSpec {
  return selectByFlag(spec, forms, argv);
}

function formsByWord(spec: CommandSpec, argv: readonly string[]): readonly VariantSpec[] {
  const actions = actionsOf(spec);
  if (actions.length === 0) return spec.variants;
  const known = [...spec.variants.flatMap(({ flags }) => flags), ...GLOBAL_FLAGS];
  const [word] = splitArguments(argv, known).positionals;
  if (word !== undefined && actions.includes(word)) return spec.variants.filter(({ action }) => action === word);
  const bare = spec.variants.filter(({ action }) => action === undefined);
  const isArgument = bare.some((variant) => variant.arguments.length > 0);
  if (bare.length > 0 && (word === undefined || isArgument)) return bare;
  if (word !== undefined) throw noSuchWord(spec, word);
  throw usageError(`${spec.command} needs one of ${actions.join(", ")}`, undefined, { one_of: actions });
}

/** What is said of a word after the command that is none of its own. */
export function noSuchWord(spec: CommandSpec, word: string): Error {
  const actions = actionsOf(spec);
  const near = nearest(word, actions);
  const hint = near === undefined ? `it is followed by one of ${actions.join(", ")}` : `did you mean ${near}?`;
  return usageError(`${spec.command} has no subcommand ${quote(word)}`, hint, { one_of: actions });
}

function selectNames(variant: VariantSpec): string[] {
  const flag = variant.flags.find((own) => own.flag === variant.select);
  return flag === undefined ? [] : [flag.flag, ...(flag.aliases ?? [])];
}

function selectByFlag(spec: CommandSpec, variants: readonly VariantSpec[], argv: readonly string[]): VariantSpec {
  const given = new Set(flagNames(argv));
  const asked = variants.filter((variant) => selectNames(variant).some((name) => given.has(name)));
  if (asked.length === 1) return asked[0] as VariantSpec;
  if (asked.length === 0) {
    // A noun without a verb lists.
    const lists = variants.find(({ select, kind }) => select === "list" && kind === "query");
    const standard = variants.find(({ select }) => select === null) ?? lists;
    if (standard !== undefined) return standard;
    const { action } = variants[0] as VariantSpec;
    const name = action === undefined ? spec.command : `${spec.command} ${action}`;
    throw usageError(`${name} needs one of ${listSelects(variants)}`, undefined, {
      one_of: variants.map(({ select }) => select),
    });
  }
  const fitting = asked.filter((variant) => {
    const own = new Set(variant.flags.map(({ flag }) => flag));
    return asked.every(({ select }) => own.has(select as string));
  });
  if (fitting.length === 1) return fitting[0] as VariantSpec;
  throw usageError(`${listSelects(asked)} cannot be used together`, "give exactly one of them", {
    one_of: asked.map(({ select }) => select),
  });
}

function listSelects(variants: readonly VariantSpec[]): string {
  return variants.map(({ select }) => `--${select}`).join(", ");
}
