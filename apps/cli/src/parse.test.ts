import { describe, expect, it } from "vitest";
import type { CommandSpec, FlagSpec } from "./manifest.ts";
import { parseCall } from "./parse.ts";

const flag = (name: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  flag: name,
  field: name.replaceAll("-", "_"),
  type: "string",
  help: "",
  placeholder: "text",
  ...more,
});

const spec: CommandSpec = {
  command: "things",
  area: "tasks",
  operations: [
    {
      path: "things.list",
      kind: "query",
      ledger: "read",
      prints: "text",
      select: null,
      summary: "List things",
      flags: [
        flag("active", { type: "boolean" }),
        flag("sorted", { type: "boolean", default: true }),
        flag("limit", { type: "integer", placeholder: "n" }),
        flag("ratio", { type: "number", placeholder: "number" }),
        flag("role", { values: ["worker", "manager"] }),
        flag("tag", { repeatable: true, aliases: ["label"] }),
        flag("name", { once: true }),
        flag("file", { path: true }),
        flag("payload-json", { field: "payload", type: "json" }),
        flag("message", { dash_reads_stdin: true }),
        flag("from-stdin", { field: "document", type: "boolean", from_stdin: true }),
      ],
      arguments: [{ field: "thing", type: "string", help: "", placeholder: "thing" }],
    },
    {
      path: "things.create",
      kind: "mutation",
      ledger: "write",
      prints: "json",
      select: "create",
      summary: "Create a thing",
      flags: [flag("create", { field: "name", required: true, placeholder: "name" }), flag("goal", { required: true })],
      arguments: [],
    },
    {
      path: "things.drop",
      kind: "mutation",
      ledger: "write",
      prints: "json",
      select: "drop",
      summary: "Drop a thing",
      flags: [flag("drop", { field: null, type: "boolean", required: true }), flag("limit")],
      arguments: [{ field: "id", type: "integer", help: "", placeholder: "id", required: true }],
    },
  ],
};

const place = { cwd: "/work", home: "/home/me" };
const parse = (...argv: string[]) => parseCall(spec, argv, place);

describe("a command line that makes sense", () => {
  const cases: [title: string, argv: string[], input: Record<string, unknown>][] = [
    ["no flags at all", [], {}],
    ["a switch", ["--active"], { active: true }],
    ["a switch that is written out", ["--active=false"], { active: false }],
    ["a switch that is on unless negated", ["--no-sorted"], { sorted: false }],
    ["a value in the next argument", ["--role", "worker"], { role: "worker" }],
    ["a value behind an equals sign", ["--role=manager"], { role: "manager" }],
    ["a value that begins with two dashes", ["--name=--odd"], { name: "--odd" }],
    ["a value that begins with one dash", ["--name", "-odd"], { name: "-odd" }],
    ["a value that is a dash", ["--name", "-"], { name: "-" }],
    ["an empty value", ["--name", ""], { name: "" }],
    ["a value with an equals sign inside", ["--name=a=b"], { name: "a=b" }],
    ["a negative number", ["--limit", "-5"], { limit: -5 }],
    ["a number with decimals", ["--ratio", "-.5"], { ratio: -0.5 }],
    ["a repeated flag in order", ["--tag", "b", "--tag=a", "--label", "c"], { tag: ["b", "a", "c"] }],
    ["the last of two values", ["--role", "worker", "--role", "manager"], { role: "manager" }],
    ["a relative file", ["--file", "x/../y.txt"], { file: "/work/y.txt" }],
    ["a file at home", ["--file", "~/y.txt"], { file: "/home/me/y.txt" }],
    ["a file named like someone's home", ["--file", "~you"], { file: "/work/~you" }],
    ["JSON", ["--payload-json", '{"a": [1]}'], { payload: { a: [1] } }],
    ["an argument between flags", ["--active", "one", "--limit", "3"], { active: true, thing: "one", limit: 3 }],
    ["an argument that is a negative number", ["-7"], { thing: "-7" }],
    ["an argument behind the terminator", ["--active", "--", "--role"], { active: true, thing: "--role" }],
    ["a form that a flag selects", ["--create", "n", "--goal", "g"], { name: "n", goal: "g" }],
    ["a form that a switch selects", ["--drop", "12", "--limit", "all"], { id: 12, limit: "all" }],
  ];
  it.each(cases)("accepts %s", async (_title, argv, input) => {
    expect((await parse(...argv)).input).toEqual(input);
  });

  it("reads the flags of every command apart from the input", async () => {
    const call = await parse("--path", "~/l.db", "--server=http://x", "--json", "one");
    expect(call).toMatchObject({
      ledger: "/home/me/l.db",
      server: "http://x",
      output: "json",
      input: { thing: "one" },
    });
  });

  it("marks what standard input has to fill", async () => {
    expect((await parse("--message", "-")).stdin).toEqual([{ field: "message", as: "text", label: "--message" }]);
    expect((await parse("--from-stdin")).stdin).toEqual([{ field: "document", as: "json", label: "--from-stdin" }]);
  });

  it("lets a later value win over standard input", async () => {
    const call = await parse("--message", "-", "--message", "hello");
    expect(call).toMatchObject({ stdin: [], input: { message: "hello" } });
  });
});

describe("a command line that makes no sense", () => {
  const cases: [title: string, argv: string[], message: RegExp, hint: RegExp | null][] = [
    ["an unknown flag", ["--rolle", "worker"], /things has no flag --rolle/, /did you mean --role\?/],
    ["a flag like no other", ["--zzzzzz"], /things has no flag --zzzzzz/, /things --help/],
    ["a flag of another form", ["--goal", "g"], /--goal is a flag of things --create/, null],
    ["a missing value at the end", ["--role"], /--role needs a value/, null],
    ["a flag where a value belongs", ["--name", "--active"], /--name needs a value/, /--name=--active/],
    [
      "a word outside the enumeration",
      ["--role", "workr"],
      /"workr" is not one of worker, manager/,
      /did you mean worker\?/,
    ],
    ["text for a whole number", ["--limit", "ten"], /--limit takes a whole number, not "ten"/, null],
    ["a fraction for a whole number", ["--limit", "1.5"], /--limit takes a whole number/, null],
    ["a hexadecimal number", ["--limit", "0x10"], /--limit takes a whole number/, null],
    ["a number that is not exact any more", ["--limit", "99999999999999999999"], /too large/, null],
    ["no number", ["--ratio", "NaN"], /--ratio takes a number/, null],
    ["a value for a switch", ["--active=please"], /--active takes no value/, null],
    [
      "a second value for a flag that must be unique",
      ["--name", "a", "--name", "b"],
      /--name may be given only once/,
      null,
    ],
    ["a surplus argument", ["one", "two"], /things takes no further argument: "two"/, /usage: conveyor things/],
    ["a short flag", ["-v"], /there is no flag -v/, /-- -v/],
    ["two forms at once", ["--create", "n", "--drop"], /--create, --drop cannot be used together/, /exactly one/],
    [
      "a form without what it needs",
      ["--create", "n"],
      /things --create needs --goal <text>/,
      /usage: conveyor things --create/,
    ],
    ["a form without its argument", ["--drop"], /things --drop needs <id>/, /usage: conveyor things <id> --drop/],
    ["text for an argument that is a number", ["--drop", "x"], /<id> takes a whole number/, null],
    ["an empty ledger file", ["--path", ""], /--path needs a value/, null],
    ["both output forms", ["--json", "--human"], /cannot be used together/, null],
    ["a negated switch that is off anyway", ["--no-active"], /things has no flag --no-active/, null],
  ];
  it.each(cases)("refuses %s", async (_title, argv, message, hint) => {
    const error = await parse(...argv).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "usage" });
    expect(error.message).toMatch(message);
    if (hint !== null) expect(error.hint).toMatch(hint);
  });

  it("says what is wrong with JSON text", async () => {
    await expect(parse("--payload-json", "{a: 1}")).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(/^--payload-json is not valid JSON: /),
    });
    await expect(parse("--payload-json", "")).rejects.toThrow(/it is empty/);
  });

  it("asks for one of the forms when the command has no standard one", async () => {
    const strict = { ...spec, operations: spec.operations.filter(({ select }) => select !== null) };
    await expect(parseCall(strict, ["x"], place)).rejects.toThrow(/things needs one of --create, --drop/);
  });
});
