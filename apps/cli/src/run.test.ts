import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

describe("help", () => {
  it("lists every command by area when nothing is asked for", async () => {
    const { code, stdout, stderr } = await world.cli();
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe("usage: conveyor <command> [arguments] [flags]");
    expect(stdout).toMatch(/^Tasks$/m);
    expect(stdout).toMatch(/^ {2}tasks +List tasks/m);
    for (const flag of ["-h", "--help"]) expect((await world.cli(flag)).stdout).toBe(stdout);
  });

  it("explains every command, with all its flags, and runs nothing", async () => {
    const { allSpecs } = await import("./generated/all.ts");
    for (const { command, operations } of allSpecs) {
      const { code, stdout, stderr } = await world.cli(command, "--nonsense", "--help");
      expect(code, command).toBe(0);
      expect(stderr, command).toBe("");
      expect(stdout, command).toMatch(new RegExp(`^usage: conveyor ${command}\\b`));
      for (const { flags } of operations) for (const { flag } of flags) expect(stdout, command).toContain(`--${flag}`);
      expect(stdout, command).toContain("--path <file>");
    }
    expect(readdirSync(world.folder)).toEqual([]);
  });

  it("takes -h for help wherever a flag can stand, but not behind the terminator", async () => {
    expect((await world.cli("tasks", "--create", "x", "-h")).stdout).toMatch(/^usage: conveyor tasks/);
    expect((await world.cli("tasks", "--", "-h")).code).toBe(2);
  });

  it("has no colour codes unless a person looks at a terminal that may show them", async () => {
    const plain = await world.cli("tasks", "--help");
    expect(plain.stdout).not.toContain("\u001b");
    const coloured = await world.cliIn({ terminal: 100 }, "tasks", "--help");
    expect(coloured.stdout).toContain("\u001b[1m");
    const refused = await world.cliIn({ terminal: 200, env: { NO_COLOR: "1" } }, "tasks", "--help");
    expect(refused.stdout).toBe(plain.stdout);
    const dumb = await world.cliIn({ terminal: 100, env: { TERM: "dumb" } }, "--help");
    expect(dumb.stdout).not.toContain("\u001b");
  });
});

describe("the program's name", () => {
  const cases: [invoked: string, env: Record<string, string>, name: string][] = [
    ["/usr/bin/conveyor", {}, "conveyor"],
    ["/usr/bin/workerctl", {}, "workerctl"],
    ["/repo/apps/cli/dist/main.js", {}, "conveyor"],
    ["/usr/bin/conveyor", { CONVEYOR_CLI_PROG: "workerctl" }, "workerctl"],
    ["/usr/bin/workerctl", { CONVEYOR_CLI_PROG: "conveyor" }, "conveyor"],
    ["/usr/bin/workerctl", { CONVEYOR_CLI_PROG: "rm -rf" }, "workerctl"],
  ];
  it.each(cases)("of %s with %j is %s", async (invoked, env, name) => {
    const { stdout } = await world.cliIn({ invoked, env }, "--help");
    expect(stdout).toMatch(new RegExp(`^usage: ${name} `));
    expect((await world.cliIn({ invoked, env }, "--version")).stdout).toMatch(
      new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\\n$`),
    );
  });
});

describe("words that other programs know", () => {
  it("`help` and `help COMMAND` are the help", async () => {
    expect((await world.cli("help")).stdout).toBe((await world.cli("--help")).stdout);
    expect((await world.cli("help", "tasks")).stdout).toBe((await world.cli("tasks", "--help")).stdout);
    expect((await world.cli("help", "taks")).stderr).toContain("did you mean tasks?");
  });

  it.each(["version", "-v", "-V"])("`%s` is the version", async (word) => {
    expect(await world.cli(word)).toEqual(await world.cli("--version"));
  });

  it("say what an option is that nothing takes", async () => {
    expect((await world.cli("-x")).stderr).toBe(
      'error: unknown option "-x"\nhint: usage: conveyor <command> [arguments] [flags]\n',
    );
  });
});

describe("usage errors", () => {
  it("suggest the nearest command", async () => {
    const { code, stdout, stderr } = await world.cli("taks");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe('error: there is no command "taks"\nhint: did you mean tasks?\n');
  });

  it("point to the help when no command comes near", async () => {
    expect((await world.cli("frobnicate")).stderr).toContain("hint: conveyor --help lists the commands");
  });

  it.each(["constructor", "__proto__", "toString", ""])("take %j for no command", async (name) => {
    const { code, stderr } = await world.cli(name);
    expect(code).toBe(2);
    expect(stderr).toContain("there is no command");
  });

  it.each([[["--json"]], [["--path", "tasks"]], [["-q", "--json"]]])("miss the command behind %j", async (flags) => {
    const { code, stdout, stderr } = await world.cli(...flags);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`a command is missing behind ${flags.join(" ")}`);
  });

  it("name the command that takes a flag which this one does not", async () => {
    const { stderr } = await world.cli("tasks", "--worker", "w");
    expect(stderr).toMatch(/tasks has no flag --worker \(it is a flag of .*bind/);
  });

  it("are one JSON object on stderr with --json, keys sorted", async () => {
    const { code, stdout, stderr } = await world.cli("bind", "--json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "usage",
        message: "bind needs --task <text>",
        hint: expect.stringContaining("usage: conveyor bind --task <text>"),
        details: { missing: "--task" },
      },
    });
    expect(stderr.indexOf('"code"')).toBeLessThan(stderr.indexOf('"details"'));
  });

  it("accept and ignore the switch of the old runtime", async () => {
    expect((await world.cli("--ts-runtime", "--version")).code).toBe(0);
    expect((await world.cli("--ts-runtime")).stdout).toMatch(/^usage: conveyor/);
  });
});

describe("standard input", () => {
  it("must be JSON where a document is announced", async () => {
    const { code, stderr } = await world.cliIn(
      { stdin: "{not json" },
      "criteria",
      "t",
      "--add",
      "--criterion",
      "-",
      "--json",
    );
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error.code).toBe("usage");
  });
});

describe("a ledger that is not there", () => {
  it("is not created by a command that only reads", async () => {
    const { code, stdout, stderr } = await world.cli("tasks");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: there is no ledger at .*state\/workerctl\.db\nhint: .*tasks --create/);
    expect(existsSync(join(world.folder, "state"))).toBe(false);
  });
});

describe("tasks", () => {
  it("are created and listed, as text and as JSON", async () => {
    const created = await world.cli("tasks", "--create", "auth", "--goal", "Refactor\tauth\u001b[31m");
    expect(created.code).toBe(0);
    const document = JSON.parse(created.stdout);
    expect(document).toMatchObject({ created: true, name: "auth", state: "candidate" });
    expect(created.stdout).toBe(`${JSON.stringify(document, Object.keys(document).sort(), 2)}\n`);
    const again = await world.cli("tasks", "--create=auth", "--goal=Refactor\tauth\u001b[31m", "--human");
    expect(again.stdout).toMatch(/^already there: task auth \(task-/);
    expect((await world.cli("tasks")).stdout).toBe("auth\tcandidate\tRefactor auth?[31m\n");
    const shown = await world.cliIn({ terminal: 80, env: { NO_COLOR: "1" } }, "tasks");
    expect(shown.stdout).toMatch(/^TASK +STATE +SINCE +GOAL\nauth +candidate +\d+ s +Refactor auth\?\[31m\n$/);
    const [listed] = JSON.parse((await world.cli("tasks", "--active", "--json")).stdout);
    expect(listed).toMatchObject({ name: "auth", goal: "Refactor\tauth\u001b[31m", budget: null });
  });

  it("are kept in the file that --path names, relative to the current folder", async () => {
    expect((await world.cli("tasks", "--create", "x", "--goal", "y", "--path", "own/ledger.db")).code).toBe(0);
    expect(existsSync(join(world.folder, "own/ledger.db"))).toBe(true);
    expect((await world.cli("tasks", "--path", "~/own/ledger.db")).stdout).toBe("x\tcandidate\ty\n");
  });

  it("are refused with the flag's name when the schema does not like a value", async () => {
    const { code, stderr } = await world.cli("tasks", "--create", "z", "--goal", "  ");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --goal: must not be blank\n/);
  });
});

describe("a terminal and a pipe", () => {
  const isJson = (text: string) => text.startsWith("[") || text.startsWith("{");
  const cases: [
    where: string,
    around: { terminal?: number; env?: Record<string, string> },
    flags: string[],
    json: boolean,
  ][] = [
    ["a pipe", {}, [], true],
    ["a terminal", { terminal: 80 }, [], false],
    ["a terminal with --json", { terminal: 80 }, ["--json"], true],
    ["a pipe with --human", {}, ["--human"], false],
    ["a terminal that is told json", { terminal: 80, env: { CONVEYOR_OUTPUT: "json" } }, [], true],
    ["a pipe that is told human", { env: { CONVEYOR_OUTPUT: "human" } }, [], false],
    ["a pipe with a flag against the environment", { env: { CONVEYOR_OUTPUT: "human" } }, ["--json"], true],
    [
      "a terminal with a flag against the environment",
      { terminal: 80, env: { CONVEYOR_OUTPUT: "json" } },
      ["--human"],
      false,
    ],
    ["a pipe with an empty variable", { env: { CONVEYOR_OUTPUT: "" } }, [], true],
  ];
  it.each(cases)("%s gets what it can read", async (_where, around, flags, json) => {
    for (const command of [["tasks", "--create", "shown", "--goal", "g"], ["doctor"]]) {
      const { stdout } = await world.cliIn(around, ...command, ...flags);
      expect(isJson(stdout), command.join(" ")).toBe(json);
    }
  });

  it("keep the text of a command whose habit is text, unless JSON is asked for", async () => {
    const { stdout } = await world.cliIn({ env: { CONVEYOR_OUTPUT: "json" } }, "tasks");
    expect(isJson(stdout)).toBe(true);
    expect(isJson((await world.cli("tasks")).stdout)).toBe(false);
  });

  it("refuse a word that CONVEYOR_OUTPUT does not know", async () => {
    const { code, stderr } = await world.cliIn({ env: { CONVEYOR_OUTPUT: "yaml" } }, "tasks");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: CONVEYOR_OUTPUT is "yaml"\nhint: set it to json or human/);
  });
});

describe("an empty list", () => {
  const commands = [
    ["sessions", "--human"],
    ["tasks", "--active"],
    ["commands", "--state", "failed"],
    ["list"],
    ["telemetry", "--event-type", "nothing_of_the_kind"],
  ];
  it.each(commands.map((argv) => [argv.join(" "), argv] as const))(
    "of `%s` is said on stderr, and only as text",
    async (_line, argv) => {
      const other = await makeWorld();
      await other.cli("tasks", "--create", "a", "--goal", "g");
      await other.cli("stop-task", "a");
      const text = await other.cliIn({ terminal: 80 }, ...argv);
      expect(text).toMatchObject({ code: 0, stdout: "" });
      expect(text.stderr).toMatch(/^no [a-z ]+(;.*)?\n$/);
      const document = await other.cli(...argv.filter((word) => word !== "--human"), "--json");
      expect(document).toMatchObject({ stdout: "[]\n", stderr: "" });
      other.remove();
    },
  );
});

describe("an interrupted command", () => {
  it("ends with 130 and the code interrupted", async () => {
    const { ConveyorError } = await import("@conveyor/contracts/errors");
    const signal = AbortSignal.abort(new ConveyorError("interrupted", "interrupted"));
    const { code, stderr } = await world.cliIn(
      { signal },
      "bind",
      "--task",
      "t",
      "--worker",
      "w",
      "--manager",
      "m",
      "--json",
    );
    expect(code).toBe(130);
    expect(JSON.parse(stderr).error.code).toBe("interrupted");
  });
});

describe("an audit as text", () => {
  it("shows the sections that are named, and by whom and about what at a terminal", async () => {
    const other = await makeWorld();
    await other.cli("tasks", "--create", "auth", "--goal", "Refactor auth");
    const added = await other.cli(
      "criteria",
      "auth",
      "--add",
      "--criterion",
      "tests pass",
      "--source",
      "user_requested",
    );
    expect(added.stderr).toBe("");
    expect((await other.cli("criteria", "auth")).stdout).toBe((await other.cli("criteria", "auth", "--list")).stdout);
    const piped = await other.cli("audit", "auth");
    expect(piped.stdout.split("\n")[0]).toBe("auth\tcandidate\tRefactor auth");
    expect(piped.stdout).toMatch(/^\S+Z\ttask_created\tactor=\w+$/m);
    expect(piped.stdout).not.toContain("manager decisions");
    const named = await other.cli("audit", "auth", "--sections", "manager_decisions,acceptance_criteria");
    expect(named.stdout).toMatch(/^acceptance criteria$[\s\S]*tests pass[\s\S]*^manager decisions\nnone$/m);
    const shown = await other.cliIn({ terminal: 100, env: { NO_COLOR: "1" } }, "audit", "auth");
    expect(shown.stdout).toMatch(/^AGE +EVENT +BY +ABOUT/m);
    expect(shown.stdout).not.toContain("workerctl");
    other.remove();
  });
});
