/**
 * Judging input without its schema. A process that answers one command line would spend more time on making schemas than on
 * the command, so what a schema says in plain terms is written down as data when the program is built (tools/contracts), and
 * judged here. These rules only ever say "surely yes"; where they do not, the schema decides, and puts what is wrong into
 * words. A property test holds both to the same verdict and the same result.
 */

/** What a schema says about one field, as far as it can be said in plain terms. */
export type FieldRules = ValueRules & {
  /** Left out, the input has this value. */
  default?: unknown;
  /** It may be left out. */
  optional?: true;
};

type ValueRules =
  | { type: "boolean" }
  | { type: "number" | "integer"; min?: number; max?: number; above?: number }
  | { type: "enum"; values: readonly (string | number)[] }
  /** Lengths are in UTF-16 units; `surely` matches texts that pass all that the schema says beyond lengths. */
  | { type: "text"; min?: number; max?: number; surely?: string }
  | { type: "list"; max?: number; item: ValueRules }
  /** Only the schema can tell. */
  | { type: "schema" };

const PATTERNS = new Map<string, RegExp>();

/**
 * The input that an operation takes, defaults filled in, if the rules can tell that the schema would take it; undefined when
 * they cannot. Pure.
 */
export function judge(
  fields: Readonly<Record<string, FieldRules>> | null,
  raw: unknown,
): Record<string, unknown> | undefined {
  if (fields === null || typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const given = raw as Record<string, unknown>;
  if (Object.keys(given).some((key) => !Object.hasOwn(fields, key))) return undefined;
  const input: Record<string, unknown> = {};
  for (const [name, rules] of Object.entries(fields)) {
    const value = given[name];
    if (value !== undefined) {
      if (!passes(rules, value)) return undefined;
      input[name] = value;
    } else if (rules.default !== undefined) {
      input[name] = structuredClone(rules.default);
    } else if (!rules.optional) {
      return undefined;
    }
  }
  return input;
}

function passes(rules: ValueRules, value: unknown): boolean {
  switch (rules.type) {
    case "boolean":
      return typeof value === "boolean";
    case "number":
    case "integer":
      return typeof value === "number" && passesNumber(rules, value);
    case "enum":
      return rules.values.includes(value as string | number);
    case "text":
      return typeof value === "string" && passesText(rules, value);
    case "list":
      return (
        Array.isArray(value) &&
        value.length <= (rules.max ?? Infinity) &&
        value.every((item) => passes(rules.item, item))
      );
    case "schema":
      return false;
  }
}

function passesNumber(rules: Extract<ValueRules, { type: "number" | "integer" }>, value: number): boolean {
  const whole = rules.type === "number" ? Number.isFinite(value) : Number.isSafeInteger(value);
  return (
    whole && value >= (rules.min ?? -Infinity) && value <= (rules.max ?? Infinity) && value > (rules.above ?? -Infinity)
  );
}

function passesText(rules: Extract<ValueRules, { type: "text" }>, value: string): boolean {
  if (value.length < (rules.min ?? 0) || value.length > (rules.max ?? Infinity)) return false;
  if (rules.surely === undefined) return true;
  const pattern = PATTERNS.get(rules.surely) ?? new RegExp(rules.surely, "u");
  PATTERNS.set(rules.surely, pattern);
  return pattern.test(value);
}
