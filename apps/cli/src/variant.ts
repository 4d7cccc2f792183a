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

/**
 * The form of a command that its first word and its flags ask for: of those with that word, or without one, the form whose
 * selecting flag is there, otherwise the one without. Throws `usage` when several are asked for, or none where one must be.
 */
export function selectVariant(spec: CommandSpec, argv: readonly string[]): VariantSpec {
  return selectByFlag(spec, selectByWord(spec, argv), argv);
}

function selectByWord(spec: CommandSpec, argv: readonly string[]): readonly VariantSpec[] {
  const actions = [...new Set(spec.variants.flatMap(({ action }) => action ?? []))];
  if (actions.length === 0) return spec.variants;
  const known = [...spec.variants.flatMap(({ flags }) => flags), ...GLOBAL_FLAGS];
  const [word] = splitArguments(argv, known).positionals;
  if (word !== undefined && actions.includes(word)) return spec.variants.filter(({ action }) => action === word);
  const bare = spec.variants.filter(({ action }) => action === undefined);
  const isArgument = bare.some((variant) => variant.arguments.length > 0);
  if (bare.length > 0 && (word === undefined || isArgument)) return bare;
  if (word === undefined) {
    throw usageError(`${spec.command} needs one of ${actions.join(", ")}`, undefined, { one_of: actions });
  }
  const near = nearest(word, actions);
  const hint = near === undefined ? `it is followed by one of ${actions.join(", ")}` : `did you mean ${near}?`;
  throw usageError(`${spec.command} has no subcommand ${quote(word)}`, hint, { one_of: actions });
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
