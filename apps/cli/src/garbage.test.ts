import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allOperations } from "../../../packages/contracts/src/index.ts";
import { writeManifest } from "../../../tools/cli/manifest.ts";
import type { CommandSpec, FlagSpec, OperationSpec, ValueSpec } from "./manifest.ts";
import { makeWorld, type Ran, type World } from "./testing/run-cli.ts";

const specs: readonly CommandSpec[] = writeManifest();
const forms = specs.flatMap((spec) => spec.operations.map((operation) => ({ spec, operation })));

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  await world.cli("tasks", "--create", "present", "--goal", "so that there is a ledger");
});
afterAll(() => world.remove());

/** A value that the command line itself accepts for this flag. */
function plausible(spec: ValueSpec): string {
  if (spec.values) return spec.values[0] as string;
  return { boolean: "", integer: "1", number: "1", json: "{}", string: "something" }[spec.type];
}

function flagArguments(flag: FlagSpec, value = plausible(flag)): string[] {
  return flag.type === "boolean" ? [`--${flag.flag}`] : [`--${flag.flag}=${value}`];
}

/** The word that chooses this form of the command, when one does. */
const wordOf = ({ action }: OperationSpec) => (action === undefined ? [] : [action]);

/** The least that this form of the command needs to get past the command line. */
function leastArguments({ operation }: (typeof forms)[number], except?: ValueSpec): string[] {
  const flags = operation.flags.filter((flag) => flag !== except && (flag.required || flag.flag === operation.select));
  const positionals = operation.arguments.filter((own) => own !== except && own.required).map(plausible);
  return [...wordOf(operation), ...positionals, ...flags.flatMap((flag) => flagArguments(flag))];
}

function expectTypedError({ code, stdout, stderr }: Ran, line: string): { code: string; message: string } {
  expect(stdout, line).toBe("");
  expect([1, 2], line).toContain(code);
  expect(stderr, line).not.toMatch(/\n\s+at .*:\d+/);
  const { error } = JSON.parse(stderr);
  expect(Object.keys(error).sort(), line).toEqual(["code", "details", "hint", "message"]);
  expect(error.code, `${line}: ${stderr}`).toMatch(/^(?!internal)[a-z_]+$/);
  expect(error.message, line).not.toBe("");
  return error;
}

async function refusal(spec: CommandSpec, ...argv: string[]) {
  return expectTypedError(await world.cli(spec.command, "--json", ...argv), [spec.command, ...argv].join(" "));
}

describe.each(forms)("$operation.path", (form) => {
  const { spec, operation } = form;
  const least = leastArguments(form);

  it("refuses an unknown flag, a short flag and a surplus argument", async () => {
    // What such a command does not know belongs to the program that it starts.
    if (operation.arguments.some(({ rest }) => rest !== undefined)) return;
    expect((await refusal(spec, ...least, "--quxxy-flag")).message).toContain("--quxxy-flag");
    expect((await refusal(spec, ...least, "-Z")).message).toContain("-Z");
    if (operation.arguments.some(({ repeatable }) => repeatable)) return;
    const filler = operation.arguments.filter((own) => !own.required).map(plausible);
    expect((await refusal(spec, ...least, ...filler, "surplus-word")).message).toContain("surplus-word");
  });

  it("refuses to miss what it needs", async () => {
    // Without the flag that selects it, the line is another form of the command, which may need nothing.
    const flags = operation.flags.filter(({ flag }) => flag !== operation.select);
    for (const needed of [...flags, ...operation.arguments].filter(({ required }) => required)) {
      const { code, message } = await refusal(spec, ...leastArguments(form, needed));
      expect(code).toBe("usage");
      expect(message).not.toBe("");
    }
  });

  it("refuses values of the wrong type, each by the name of its flag", async () => {
    // One that takes all that follows takes nothing, too.
    for (const flag of operation.flags.filter(({ swallows }) => !swallows)) {
      const others = leastArguments(form, flag);
      const name = `--${flag.flag}`;
      if (flag.type !== "boolean") expect((await refusal(spec, ...others, name)).message).toContain(name);
      if (flag.type === "string" && !flag.values) continue;
      const wrong = await refusal(spec, ...others, `${name}=\u0000{garbage`);
      expect(["usage", "invalid_input"]).toContain(wrong.code);
      expect(wrong.message).toContain(name);
    }
    for (const argument of operation.arguments.filter(({ type, values }) => type !== "string" || values)) {
      const position = operation.arguments.indexOf(argument);
      const words = operation.arguments.slice(0, position).map(plausible);
      const flags = operation.flags.filter((flag) => flag.required || flag.flag === operation.select);
      const wrong = await refusal(
        spec,
        ...wordOf(operation),
        ...words,
        "garbage!",
        ...flags.flatMap((flag) => flagArguments(flag)),
      );
      expect(wrong.message).toContain("garbage!");
    }
  });
});

/** Forms that answer at once and run through the router; local, live and watching ones are tested on their own. */
const answering = forms.filter(
  ({ operation }) =>
    operation.kind !== "local" &&
    operation.kind !== "subscription" &&
    !operation.here &&
    // A conversation: what it asks stands before what it answers.
    operation.select !== "interactive",
);

describe.each(answering)("$operation.path behind the command line", (form) => {
  const { spec, operation } = form;
  const contract = allOperations().find(({ path }) => path === operation.path);

  it("answers extreme values with a document or a typed error", async () => {
    const extremes = ["-1", "0", "-9007199254740991", "9007199254740991"];
    const texts = ["", " ", "\u0000", "x".repeat(5000), "'; DROP TABLE tasks; --", "💥\ud800", "../../etc/passwd"];
    for (const flag of operation.flags.filter(({ type, values }) => type !== "boolean" && !values)) {
      for (const value of flag.type === "string" ? texts : flag.type === "json" ? ["[]", "null", '"x"'] : extremes) {
        await answersProperly(spec, operation, [...leastArguments(form, flag), `--${flag.flag}=${value}`]);
      }
    }
    for (const [i, argument] of operation.arguments.entries()) {
      if (argument.type !== "string" || argument.values) continue;
      for (const text of texts) {
        const words = operation.arguments.map((own, j) => (i === j ? text : plausible(own)));
        const flags = operation.flags.filter((flag) => flag.required || flag.flag === operation.select);
        await answersProperly(spec, operation, [
          ...wordOf(operation),
          ...flags.flatMap((flag) => flagArguments(flag)),
          "--",
          ...words,
        ]);
      }
    }
    expect(contract).toBeDefined();
  });
});

async function answersProperly(spec: CommandSpec, operation: OperationSpec, argv: string[]): Promise<void> {
  const ran = await world.cli(spec.command, "--json", ...argv);
  const line = `${operation.path}: ${argv.join(" ").slice(0, 200)}`;
  if (ran.stdout === "") expectTypedError(ran, line);
  else expect(() => JSON.parse(ran.stdout), line).not.toThrow();
}
