import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directory } from "./directory.ts";
import { type FieldRules, judge } from "./judge.ts";

/** Texts at the edges of what schemas say of them, beside plain ones. */
const text = fc.oneof(
  fc.string({ unit: "grapheme-ascii" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    " ",
    " a",
    "a ",
    "a\nb",
    "\t",
    "a\u0000",
    "é",
    "e\u0301",
    "a\u200bb",
    "pаy",
    "-1",
    "\ud800",
    "24h",
  ),
  fc.nat({ max: 70_000 }).map((length) => "x".repeat(length)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 53, Number.NaN, Infinity, 1_000_000, 1_000_001, 604_800, 604_801),
);
const anything = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 4 }), fc.object());

/** Mostly values of the kind that a field takes, at times any other. */
function valueFor(rules: FieldRules): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: kindOf(rules), weight: 8 }, { arbitrary: anything, weight: 1 });
}

type ValueRules = Extract<FieldRules, { type: "list" }>["item"];

function kindOf(rules: ValueRules): fc.Arbitrary<unknown> {
  switch (rules.type) {
    case "boolean":
      return fc.boolean();
    case "number":
    case "integer":
      return fc.oneof(number, fc.constantFrom(...edgesOf(rules)));
    case "enum":
      return fc.constantFrom(...rules.values);
    case "text":
      return fc.oneof(
        text,
        fc.string({ unit: fc.constantFrom(..."abz019-_./: "), minLength: rules.min ?? 0, maxLength: 12 }),
        fc.constantFrom(
          ...[(rules.max ?? 9) - 1, rules.max ?? 9, (rules.max ?? 9) + 1].map((length) => "y".repeat(length)),
        ),
      );
    case "list":
      return fc.array(kindOf(rules.item), { maxLength: 6 });
    case "schema":
      return anything;
  }
}

function edgesOf({ min, max, above }: Extract<ValueRules, { type: "number" | "integer" }>): number[] {
  const edges = [min, max, above].filter((edge) => edge !== undefined);
  return [1, ...edges.flatMap((edge) => [edge - 1, edge, edge + 0.5, edge + 1])];
}

const operations = Object.values(directory).map((entry) => [entry.path, entry] as const);

describe.each(operations)("the plain rules of %s", (_path, { fields, load }) => {
  const inputs = fc
    .record(Object.fromEntries(Object.entries(fields ?? {}).map(([name, rules]) => [name, valueFor(rules)])), {
      requiredKeys: [],
    })
    .chain((input) => fc.constantFrom(input, input, input, { ...input, unknown_field: 1 }));

  it("take nothing that the schema refuses, and make of it what the schema makes", async () => {
    const { input: schema } = await load();
    const strict = schema.strict();
    fc.assert(
      fc.property(inputs, (raw) => {
        const judged = judge(fields, raw);
        if (judged === undefined) return;
        const parsed = strict.safeParse(raw);
        expect(parsed.error?.issues ?? []).toEqual([]);
        expect(judged).toEqual(parsed.data);
        expect(Object.keys(judged)).toEqual(Object.keys(parsed.data as object));
      }),
      { numRuns: 150 },
    );
  });
});

describe("the plain rules", () => {
  it.each([
    ["tasks.list", {}],
    ["tasks.create", { name: "auth", goal: 'Refactor it: "all"\nof it' }],
    ["inbox.takeWorker", { task: "auth", wait: true, timeout: 3 }],
    ["observation.cycle", { task: "auth" }],
    ["dispatch.enqueueNudgeWorker", { task: "auth", message: "go on" }],
    ["sessions.list", { role: "worker", name: ["a", "b"] }],
  ] as const)("can tell of what is commonly asked of %s", (path, input) => {
    expect(judge(directory[path].fields, input)).toMatchObject(input);
  });

  it.each([
    ["tasks.list", { nonsense: 1 }],
    ["tasks.create", { goal: "without a name" }],
    ["tasks.create", { name: "é", goal: "x" }],
    ["observation.cycle", { task: "" }],
    ["observation.cycle", []],
    ["observation.cycle", null],
  ] as const)("leave %s with %j to the schema", (path, input) => {
    expect(judge(directory[path].fields, input)).toBeUndefined();
  });

  it("hands out its own copy of a default", () => {
    const one = judge(directory["sessions.list"].fields, {});
    const other = judge(directory["sessions.list"].fields, {});
    expect(one?.["name"]).toEqual([]);
    expect(one?.["name"]).not.toBe(other?.["name"]);
  });
});
