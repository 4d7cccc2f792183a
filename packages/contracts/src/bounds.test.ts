import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { jsonPayload, message, newName, nonBlank } from "./bounds.ts";
import { allOperations } from "./registry.ts";

/** Every place of an input that takes any amount of something. */
function* unbounded(schema: z.ZodType, path: string): Generator<string> {
  const def = schema.def as unknown as Record<string, unknown> & { type: string };
  const bounds = schema as unknown as { maxLength?: number | null; maxValue?: number | null; minValue?: number | null };
  switch (def.type) {
    case "string":
      if (bounds.maxLength == null) yield `${path}: a text`;
      return;
    case "number":
      if (!Number.isFinite(bounds.maxValue) || !Number.isFinite(bounds.minValue)) yield `${path}: a number`;
      return;
    case "array": {
      const isBounded = (
        schema as unknown as { def: { checks?: { _zod: { def: { check: string } } }[] } }
      ).def.checks?.some((check) => check._zod.def.check === "max_length");
      if (isBounded !== true) yield `${path}: a list`;
      yield* unbounded(def["element"] as z.ZodType, `${path}[]`);
      return;
    }
    case "object":
      for (const [key, member] of Object.entries(def["shape"] as Record<string, z.ZodType>)) {
        yield* unbounded(member, `${path}.${key}`);
      }
      return;
    case "record":
      // Its size is that of its JSON text, which only a check of the whole can bound.
      if (!schema.safeParse({}).success || schema.safeParse(deep(65)).success) yield `${path}: a record`;
      return;
    case "union":
      for (const option of def["options"] as z.ZodType[]) yield* unbounded(option, path);
      return;
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
      yield* unbounded(def["innerType"] as z.ZodType, path);
      return;
    case "boolean":
    case "enum":
    case "literal":
      return;
    default:
      yield `${path}: ${def.type}, which this test does not know`;
  }
}

/** An object of this many levels. */
function deep(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

function itself(): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  value["a"] = value;
  return value;
}

/** 2^60 values when it is written down. */
function manyPlaces(): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 0; level < 60; level += 1) value = { a: value, b: value };
  return value;
}

it.each(allOperations().map((op) => [op.path, op] as const))("%s bounds all it takes", (path, op) => {
  expect([...unbounded(op.input, path)]).toEqual([]);
});

it("finds what has no bound, so that the test above says something", async () => {
  const { z: zod } = await import("zod");
  const loose = zod.object({
    a: zod.string(),
    b: zod.array(zod.string().max(1)),
    c: zod.number().min(0),
    d: zod.record(zod.string(), zod.unknown()).optional(),
    e: zod.unknown(),
  });
  expect([...unbounded(loose, "x")]).toEqual([
    "x.a: a text",
    "x.b: a list",
    "x.c: a number",
    "x.d: a record",
    "x.e: unknown, which this test does not know",
  ]);
});

describe("the bounds", () => {
  it.each([
    ["a message of 1 MiB", message, "m".repeat(1024 * 1024), true],
    ["one byte more", message, "m".repeat(1024 * 1024 + 1), false],
    ["as many characters of more bytes", message, "é".repeat(600_000), false],
    ["free text of 64 KiB", nonBlank, "m".repeat(64 * 1024), true],
    ["one byte more of it", nonBlank, "m".repeat(64 * 1024 + 1), false],
    ["as many characters of three bytes", nonBlank, "語".repeat(30_000), false],
    ["a payload of 64 levels", jsonPayload, deep(64), true],
    ["one level more", jsonPayload, deep(65), false],
    ["a hundred thousand levels", jsonPayload, deep(100_000), false],
    ["a payload of more than 1 MiB", jsonPayload, { a: "m".repeat(1024 * 1024) }, false],
    ["a payload that JSON cannot hold", jsonPayload, { a: 1n }, false],
    ["a payload that holds itself", jsonPayload, itself(), false],
    ["one object in many places of it", jsonPayload, manyPlaces(), false],
  ])("%s", (_what, schema, value, fits) => {
    expect((schema as z.ZodType).safeParse(value).success).toBe(fits);
  });
});

describe("a name", () => {
  it.each([
    ["plain", "auth"],
    ["with blanks inside", "auth of users"],
    ["of another script", "авторизация"],
    ["of scripts that nobody mixes up", "認証 auth"],
    ["with a letter that is a word of its own", "π-calculus"],
    ["with a picture", "auth 🔑"],
    ["of 200 characters", "x".repeat(200)],
  ])("%s is taken as it is", (_what, name) => {
    expect(newName().parse(name)).toBe(name);
  });

  it("is one name however it was composed", () => {
    expect(newName().parse("cafe\u0301")).toBe("caf\u00e9");
  });

  it.each([
    ["too long", "x".repeat(201)],
    ["of blanks", "   "],
    ["with a blank behind", "auth "],
    ["with a blank before", "\u00a0auth"],
    ["with a wide blank", "au\u3000th"],
    ["with a joiner", "au\u200dth"],
    ["with a zero-width blank", "auth\u200b"],
    ["with a byte-order mark", "\ufeffauth"],
    ["with a soft hyphen", "au\u00adth"],
    ["written backwards", "\u202ehtua"],
    ["isolated", "\u2066auth\u2069"],
    ["with a variation selector", "auth\ufe0f"],
    ["with a filler", "auth\u3164"],
    ["with an empty Braille cell", "auth\u2800"],
    ["with a tag", "auth\u{e0041}"],
    ["with an escape", "auth\u001b[31m"],
    ["with a C1 control", "auth\u009b"],
    ["with a line break", "auth\nok"],
    ["with a line separator", "auth\u2028"],
    ["with half a character", "auth\ud83d"],
    ["with a Cyrillic letter among Latin ones", "\u0430uth"],
    ["with a Greek letter among Latin ones", "\u03bfauth"],
  ])("%s is refused", (_what, name) => {
    expect(newName().safeParse(name).success).toBe(false);
  });
});
