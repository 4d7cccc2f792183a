import { describe, expect, it } from "vitest";
import type { CommandSpec, FlagSpec, OperationSpec } from "./manifest.ts";
import { parseCall, usageOf } from "./parse.ts";
import { operationWords, standardOperation } from "./select-operation.ts";

const flag = (name: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  flag: name,
  field: name,
  type: "string",
  help: "",
  placeholder: "text",
  ...more,
});

const form = (path: string, more: Partial<OperationSpec>): OperationSpec => ({
  path,
  kind: "query",
  ledger: "read",
  prints: "text",
  select: null,
  summary: path,
  flags: [],
  arguments: [],
  ...more,
});

const id = { field: "id", type: "string", help: "", placeholder: "id", required: true } as const;
const follow = flag("follow", { field: null, type: "boolean" });

const jobs: CommandSpec = {
  command: "jobs",
  area: "dispatch",
  operations: [
    form("jobs.list", { flags: [flag("task")] }),
    form("jobs.retry", { action: "retry", flags: [flag("force", { type: "boolean" })], arguments: [id] }),
    form("jobs.status", { action: "status" }),
    form("jobs.onChange", { action: "status", select: "follow", flags: [follow] }),
  ],
};
const strict: CommandSpec = { ...jobs, operations: jobs.operations.filter(({ action }) => action !== undefined) };

const parse = (argv: string[], spec = jobs) => parseCall(spec, argv, { cwd: "/work", home: "/home/me" });

describe("a command with forms that a word selects", () => {
  it.each<[argv: string[], path: string, input: object]>([
    [[], "jobs.list", {}],
    [["--task", "retry"], "jobs.list", { task: "retry" }],
    [["retry", "a"], "jobs.retry", { id: "a" }],
    [["--force", "retry", "retry"], "jobs.retry", { id: "retry", force: true }],
    [["status"], "jobs.status", {}],
    [["status", "--follow"], "jobs.onChange", {}],
    [["--json", "--follow", "status"], "jobs.onChange", {}],
  ])("reads %j as %s", async (argv, path, input) => {
    const call = await parse(argv);
    expect(call.operation.path).toBe(path);
    expect(call.input).toEqual(input);
  });

  it.each<[argv: string[], message: RegExp, hint: RegExp | null]>([
    [["retri", "a"], /jobs has no subcommand "retri"/, /did you mean retry\?/],
    [["x"], /jobs has no subcommand "x"/, /one of retry, status/],
    [["retry"], /jobs retry needs <id>/, /usage: conveyor jobs retry <id>/],
    [["retry", "a", "b"], /jobs retry takes no further argument: "b"/, null],
    [["--force"], /--force is a flag of jobs retry, not of jobs/, null],
    [["status", "--task", "t"], /--task is a flag of jobs, not of jobs status/, null],
  ])("refuses %j", async (argv, message, hint) => {
    const error = await parse(argv).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "usage", message: expect.stringMatching(message) });
    if (hint !== null) expect(error.hint).toMatch(hint);
  });

  it("asks for a word when it means nothing without one", async () => {
    await expect(parse([], strict)).rejects.toThrow(/jobs needs one of retry, status/);
    expect(standardOperation(strict).path).toBe("jobs.retry");
  });

  it("takes another first word for an argument of the bare form when that has one", async () => {
    const bare = form("jobs.show", { arguments: [id] });
    const call = await parse(["retri"], { ...jobs, operations: [bare, ...strict.operations] });
    expect(call).toMatchObject({ operation: { path: "jobs.show" }, input: { id: "retri" } });
  });

  it("names its forms as they are typed", () => {
    expect(jobs.operations.map((operation) => operationWords(jobs, operation))).toEqual([
      "jobs",
      "jobs retry",
      "jobs status",
      "jobs status --follow",
    ]);
    expect(usageOf(jobs, jobs.operations[1] as OperationSpec)).toBe("jobs retry <id> [flags]");
    expect(standardOperation(jobs).path).toBe("jobs.list");
  });
});
