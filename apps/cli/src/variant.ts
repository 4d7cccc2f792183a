import { flagNames } from "./arguments.ts";
import type { CommandSpec, VariantSpec } from "./manifest.ts";
import { usageError } from "./usage-error.ts";

/** How a form of a command is written: `tasks --create`. */
export function variantName(spec: CommandSpec, variant: VariantSpec): string {
  return variant.select === null ? spec.command : `${spec.command} --${variant.select}`;
}

function selectNames(variant: VariantSpec): string[] {
  const flag = variant.flags.find((own) => own.flag === variant.select);
  return flag === undefined ? [] : [flag.flag, ...(flag.aliases ?? [])];
}

/**
 * The form of a command that its flags ask for: the one whose selecting flag is there, otherwise the one without.
 * Throws `usage` when several are asked for, or none where one must be.
 */
export function selectVariant(spec: CommandSpec, argv: readonly string[]): VariantSpec {
  const given = new Set(flagNames(argv));
  const asked = spec.variants.filter((variant) => selectNames(variant).some((name) => given.has(name)));
  if (asked.length === 1) return asked[0] as VariantSpec;
  if (asked.length === 0) {
    const standard = spec.variants.find(({ select }) => select === null);
    if (standard !== undefined) return standard;
    throw usageError(`${spec.command} needs one of ${listSelects(spec.variants)}`, undefined, {
      one_of: spec.variants.map(({ select }) => select),
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
