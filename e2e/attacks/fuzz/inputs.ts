import { fieldCliOf } from "@conveyor/contracts/operation";
import fc from "fast-check";
import type { z } from "zod";

/** What inputs are made of besides chance: things that are there, and files and folders that may be touched. */
export interface Material {
  /** Names and ids of tasks, sessions, runs, commands: so that calls get past the first look-up. */
  words: readonly string[];
  /** The only paths that any call is given. */
  paths: readonly string[];
}

/** Texts that have broken programs: shells, SQL, full-text search, JSON, terminals, file systems, Unicode. */
const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "'; DROP TABLE tasks; --",
  "%",
  "_",
  '"',
  '"unclosed',
  "NEAR(",
  "a AND OR NOT",
  "*",
  "col:x",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "\ud800",
  "\udfff\ud800",
  "\u202e\u2066",
  "\u001b]52;c;QUJD\u0007",
  "\u009b2J",
  "\ufeff",
  "é",
  "e\u0301",
  "null",
  "NaN",
  "-1",
  "1e308",
  "99999999999999999999",
  "2026-02-30T25:61:61Z",
  "9999999999-12-31T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "999999999w",
  "$(touch pwned)",
  "--path=/",
  "{}",
  "[".repeat(2000),
  "x".repeat(300),
  "語".repeat(25_000),
  "x".repeat(70_000),
];

const NUMBERS = [
  0,
  1,
  2,
  3,
  7,
  -1,
  -0,
  0.5,
  1e-300,
  1e308,
  -1e308,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e21,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  4_194_305,
];

/** No process has these numbers, so that nothing that a call may do to one happens to anybody. */
const PIDS = [4_194_305, 2 ** 31 - 1, 0, -1];

function deep(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = { a: 1 };
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? { a: value } : { a: [value] };
  return value;
}

const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[]],
  deep(64),
  deep(1500),
  JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
  { toString: null, valueOf: 1, length: -1 },
  Array.from({ length: 300 }, () => "x"),
  { a: "x".repeat(1_100_000) },
];

/** Inputs of one operation: mostly ones that fit, mixed with values that nearly fit and values that never should. */
export function inputsOf(schema: z.ZodObject, material: Material): fc.Arbitrary<unknown> {
  const fitting = fits(schema, "", material);
  const odd = fc
    .tuple(fitting, fc.string({ maxLength: 8 }), fc.constantFrom(...HOSTILE_VALUES))
    .map(([input, key, value]) => ({ ...(input as object), [key]: value }));
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
  );
}

function fits(schema: z.ZodType, name: string, material: Material): fc.Arbitrary<unknown> {
  const def = schema.def as unknown as Record<string, unknown> & { type: string };
  const isPath = fieldCliOf(schema).path === true;
  switch (def.type) {
    case "object":
      return objectOf(def["shape"] as Record<string, z.ZodType>, material);
    case "optional":
    case "default":
    case "prefault":
    case "nullable": {
      const inner = isPath ? fc.constantFrom(...material.paths) : fits(def["innerType"] as z.ZodType, name, material);
      const absent = fc.constant(def.type === "nullable" ? null : undefined);
      return fc.oneof({ weight: 2, arbitrary: absent }, { weight: 3, arbitrary: inner });
    }
    case "string":
      return isPath ? fc.constantFrom(...material.paths) : texts(name, material);
    case "number":
      return fc.constantFrom(...(name === "pid" ? PIDS : NUMBERS));
    case "boolean":
      return fc.boolean();
    case "enum":
      return fc.constantFrom(...Object.values(def["entries"] as Record<string, string>));
    case "literal":
      return fc.constantFrom(...(def["values"] as unknown[]));
    case "array":
      return fc.array(fits(def["element"] as z.ZodType, name, material), { maxLength: 4 });
    case "record":
      return fc.oneof(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), fc.constantFrom(...HOSTILE_VALUES));
    case "union":
      return fc.oneof(...(def["options"] as z.ZodType[]).map((option) => fits(option, name, material)));
    default:
      throw new Error(`the fuzzer makes no ${def.type}`);
  }
}

function objectOf(shape: Record<string, z.ZodType>, material: Material): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries(
    Object.entries(shape).map(([key, member]) => {
      const right = fits(member, key, material);
      const isPath = fieldCliOf(member).path === true;
      const wrong = isPath
        ? fc.constantFrom<unknown>(1, null, "")
        : fc.constantFrom<unknown>(...HOSTILE_VALUES, ...HOSTILE_TEXTS);
      return [key, fc.oneof({ weight: 24, arbitrary: right }, { weight: 1, arbitrary: wrong })];
    }),
  );
  return fc
    .record(members)
    .map((input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)));
}

function texts(name: string, { words }: Material): fc.Arbitrary<string> {
  const known = fc.constantFrom(...words);
  const times = fc.constantFrom("24h", "30d", "1s", "2026-01-01T00:00:00Z", "2026-11-29");
  return fc.oneof(
    { weight: 8, arbitrary: known },
    { weight: 2, arbitrary: /since|window|older|available/.test(name) ? times : known },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  );
}
