import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout } = await world.cli("completions", shell);
  expect(code).toBe(0);
  const file = join(world.folder, `completions.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

function bashCompletes(file: string, ...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  const script = `source '${file}' || exit 1
COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _conveyor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    cwd: world.folder,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("bash completion", () => {
  it("offers commands, flags, words and files", async () => {
    const file = await scriptFor("bash");
    expect(bashCompletes(file, "conveyor", "ta")).toContain("tasks");
    expect(bashCompletes(file, "conveyor", "")).toContain("worker-inbox");
    expect(bashCompletes(file, "workerctl", "tasks", "--cr")).toEqual(["--create"]);
    expect(bashCompletes(file, "conveyor", "sessions", "--role", "")).toEqual(["worker", "manager"]);
    expect(bashCompletes(file, "conveyor", "completions", "f")).toEqual(["fish"]);
    expect(bashCompletes(file, "conveyor", "tasks", "--path", "compl")).toContain("completions.bash");
    expect(bashCompletes(file, "conveyor", "tasks", "--goal", "")).toEqual([]);
    expect(bashCompletes(file, "conveyor", "no-such-command", "")).toEqual([]);
  });

  it("is registered for both names of the program", async () => {
    const file = await scriptFor("bash");
    const { stdout } = spawnSync("bash", ["--norc", "-c", `source '${file}'; complete -p conveyor workerctl`], {
      encoding: "utf8",
    });
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });
});

describe("names in completions", () => {
  /** A program that prints how it was asked and these names. */
  function program(names: string): string {
    const file = join(world.folder, "conveyor-here");
    writeFileSync(file, `#!/bin/sh\necho "$CONVEYOR_COMPLETING $*" >> '${world.folder}/asked'\nprintf '${names}'\n`, {
      mode: 0o755,
    });
    return file;
  }

  it("are asked of the program that is typed, where they can stand and no flag is begun", async () => {
    const file = await scriptFor("bash");
    const typed = program("auth\\nauth-worker\\n");
    expect(bashCompletes(file, typed, "inspect", "au")).toEqual(["auth", "auth-worker"]);
    expect(bashCompletes(file, typed, "bind", "--task", "auth-")).toEqual(["auth-worker"]);
    expect(bashCompletes(file, typed, "inspect", "--inc")).toEqual(["--include-content"]);
    expect(readFileSync(join(world.folder, "asked"), "utf8")).toBe("1 names thing --human\n1 names task --human\n");
  });

  it("are those of the ledger, without what a shell would expand", async () => {
    for (const name of ["auth", "$(touch pwned)", "a b", "-x", "`id`"]) {
      expect((await world.cli("tasks", "--create", name, "--goal", "g")).code).toBe(0);
    }
    expect((await world.cli("names", "task", "--human")).stdout).toBe("auth\n");
    expect(JSON.parse((await world.cli("names", "thing", "--json")).stdout)).toContain("a b");
    expect((await world.cli("names", "recipe")).stdout.split("\n").length).toBeGreaterThan(5);
    expect((await world.cli("names", "template")).stdout.split("\n").length).toBeGreaterThan(3);
    await world.cli("campaign", "create", "--name", "launch", "--objective", "o");
    expect((await world.cli("names", "campaign")).stdout).toBe("launch\n");
  });
});

describe("zsh completion", () => {
  it("names every command and both programs", async () => {
    const { stdout } = await world.cli("completions", "zsh");
    const { catalog } = await import("./generated/catalog.ts");
    expect(stdout).toMatch(/^#compdef conveyor workerctl\n/);
    for (const { command } of catalog) expect(stdout).toContain(`    ${command}) choices=(`);
  });

  it.runIf(has("zsh"))("is accepted by zsh", async () => {
    const file = await scriptFor("zsh");
    const { status, stderr } = spawnSync(
      "zsh",
      ["-f", "-c", `autoload -U compinit && compinit -u && source '${file}'`],
      { encoding: "utf8", env: { ...process.env, HOME: world.folder } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("fish completion", () => {
  it("has a line for every flag of every command", async () => {
    const { stdout } = await world.cli("completions", "fish");
    const { allSpecs } = await import("./generated/all.ts");
    for (const { command, operations } of allSpecs) {
      for (const { flags } of operations) {
        for (const { flag } of flags) expect(stdout).toContain(`'__fish_seen_subcommand_from ${command}' -l ${flag} `);
      }
    }
  });

  it.runIf(has("fish"))("is accepted by fish", async () => {
    const file = await scriptFor("fish");
    const { status, stdout } = spawnSync("fish", ["--no-config", "-c", `source '${file}'; complete -C 'conveyor ta'`], {
      encoding: "utf8",
      env: { ...process.env, HOME: world.folder },
    });
    expect(status).toBe(0);
    expect(stdout).toContain("tasks");
  });
});
