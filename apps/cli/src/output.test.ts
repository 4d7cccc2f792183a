import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (const name of ["auth", "docs"]) await world.cli("tasks", "--create", name, "--goal", `the ${name}`);
});
afterAll(() => world.remove());

const rows = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("flags of every command", () => {
  it("may stand before it, with its value beside or behind an equals sign", async () => {
    const behind = await world.cli("tasks", "--json");
    expect(behind.code).toBe(0);
    expect(await world.cli("--json", "tasks")).toEqual(behind);
    const elsewhere = join(world.folder, "other", "workerctl.db");
    for (const flags of [["--path", elsewhere], [`--path=${elsewhere}`]]) {
      const { code, stderr } = await world.cli(...flags, "--json", "tasks");
      expect(code).toBe(2);
      expect(JSON.parse(stderr).error.message).toContain(elsewhere);
    }
  });

  it("may stand before the word that follows a command", async () => {
    expect(await world.cli("--json", "commands", "dead")).toEqual(await world.cli("commands", "dead", "--json"));
  });
});

describe("--fields", () => {
  it("prints the wanted fields of every row, one document per line, dotted ones too", async () => {
    const { code, stdout } = await world.cli("tasks", "--fields", "name, budget.max_nudges,state");
    expect(code).toBe(0);
    expect(rows(stdout)).toEqual([
      { name: "auth", "budget.max_nudges": null, state: "candidate" },
      { name: "docs", "budget.max_nudges": null, state: "candidate" },
    ]);
  });

  it("takes the rows of the only list of a document, else the document itself", async () => {
    for (const criterion of ["first", "second"]) {
      await world.cli("criteria", "auth", "--add", "--criterion", criterion, "--source", "user_requested");
    }
    const { stdout } = await world.cli("criteria", "auth", "--list", "--fields", "criterion");
    expect(rows(stdout)).toEqual([{ criterion: "first" }, { criterion: "second" }]);
  });

  it("works for what answers without a ledger", async () => {
    const { stdout } = await world.cli("serve", "--status", "--fields", "running");
    expect(rows(stdout)).toEqual([{ running: false }]);
  });

  it("refuses a field that no row can have before anything is done, and names the nearest", async () => {
    const made = ["tasks", "--create", "late", "--goal", "g", "--fields", "nam"];
    const { code, stdout, stderr } = await world.cli(...made);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe('error: the answer has no field "nam"\nhint: did you mean name?\n');
    expect((await world.cli("tasks", "--json")).stdout).not.toContain('"late"');
    expect((await world.cli("tasks", "--fields", "budget.max")).stderr).toContain("budget.max_nudges");
    expect((await world.cli("tasks", "--fields", "name.first")).stderr).toContain("name has no fields");
  });

  it("is no text", async () => {
    expect((await world.cli("tasks", "--fields", "name", "--human")).code).toBe(2);
    expect((await world.cliIn({ terminal: 80 }, "tasks", "--fields", "name")).stdout).toMatch(/^{"name":"auth"}\n/);
  });
});

describe("--quiet", () => {
  it.each(["-q", "--quiet"])("%s leaves the answer alone", async (flag) => {
    const empty = join(world.folder, `empty${flag}`, "workerctl.db");
    await world.cli("register-worker", "--path", empty, "--name", "w");
    await world.cli("tasks", "--path", empty, "--create", "t", "--goal", "g");
    const loud = await world.cli("sessions", "--human", "--path", empty);
    expect(loud.stderr).toContain("no sessions");
    const quiet = await world.cli("sessions", "--human", "--path", empty, flag);
    expect(quiet).toEqual({ ...loud, stderr: "" });
    expect((await world.cli("tasks", "--nonsense", flag)).stderr).toContain("has no flag");
  });
});

describe("help", () => {
  it("is broken at the width of the terminal, and only there", async () => {
    for (const argv of [["--help"], ["dispatch", "--help"], ["serve", "--help"]]) {
      const narrow = await world.cliIn({ terminal: 72, env: { NO_COLOR: "1" } }, ...argv);
      const wide = await world.cli(...argv);
      // Command lines are to be copied, so they stay whole.
      const longest = (text: string) =>
        Math.max(...(text.split("Examples\n")[0] as string).split("\n").map(({ length }) => length));
      expect(longest(wide.stdout)).toBeGreaterThan(90);
      expect(longest(narrow.stdout)).toBeLessThanOrEqual(72);
      const words = (text: string) => text.split(/\s+/).join(" ");
      expect(words(narrow.stdout)).toBe(words(wide.stdout));
    }
  });

  it("lists the forms of commands that have several", async () => {
    const { stdout } = await world.cli("--help");
    expect(stdout).toMatch(/^ {2}tasks .*\(also --create\)$/m);
    expect(stdout).toMatch(/^ {2}commands .*\(also .*retry.*\)$/m);
  });
});

describe("FORCE_COLOR", () => {
  it("decides before NO_COLOR and the terminal do", async () => {
    const help = (env: Record<string, string>, terminal?: number) =>
      world.cliIn({ env, ...(terminal !== undefined && { terminal }) }, "tasks", "--help");
    expect((await help({ FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).toContain("\u001b[1m");
    for (const FORCE_COLOR of ["0", "false"]) {
      expect((await help({ FORCE_COLOR }, 200)).stdout).not.toContain("\u001b");
    }
  });
});
