import { expect, it } from "vitest";
import type { PageField, PageOperation } from "./page-operation.ts";
import { readForm, typedWords } from "./read-form.ts";

const field = (name: string, type: PageField["type"], more: Partial<PageField> = {}): PageField => ({
  field: name,
  flag: name,
  type,
  help: "",
  placeholder: "",
  ...more,
});
const operation = (...fields: PageField[]): PageOperation => ({
  path: "a.b",
  area: "a",
  kind: "mutation",
  command: "b",
  action: null,
  select: null,
  summary: "",
  fields,
});

it.each([
  ["a text as it is", field("f", "string"), " a b ", " a b "],
  ["nothing where nothing stands", field("f", "string"), "", undefined],
  ["a whole number", field("f", "integer"), "12", 12],
  ["a number", field("f", "number"), "1.5", 1.5],
  ["JSON", field("f", "json"), '{"a":[1]}', { a: [1] }],
  ["a tick", field("f", "boolean"), true, true],
  ["no tick as nothing", field("f", "boolean"), false, undefined],
  ["a tick that was taken away", field("f", "boolean", { default: true }), false, false],
  ["a line each of a list", field("f", "string", { repeatable: true }), "a\n\n b \n", ["a", "b"]],
  ["the words of a command", field("f", "string", { rest: true }), "pnpm test 'a b'", ["pnpm", "test", "a b"]],
])("reads %s", (_what, spec, filled, expected) => {
  const { input, problems } = readForm(operation(spec), { f: filled });
  expect(problems).toEqual({});
  expect(input).toEqual(expected === undefined ? {} : { f: expected });
});

it.each([
  [field("f", "integer"), "1.5", "not a whole number"],
  [field("f", "integer"), "many", "not a whole number"],
  [field("f", "number"), "many", "not a number"],
  [field("f", "json"), "{", "not JSON"],
  [field("f", "string", { required: true }), "", "needed"],
  [field("f", "string", { rest: true }), "echo 'a", "a quote is open"],
])("says what is wrong in a field", (spec, filled, problem) => {
  expect(readForm(operation(spec), { f: filled })).toEqual({ input: {}, problems: { f: problem } });
});

it("takes a command apart as a shell does, and expands nothing", () => {
  expect(typedWords(`  a "b c" d\\ e 'f"g' "" $HOME *  `)).toEqual(["a", "b c", "d e", 'f"g', "", "$HOME", "*"]);
});
