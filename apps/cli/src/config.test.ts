import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withSetting } from "./config/files/edit.ts";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.cli("tasks", "--create", "auth", "--goal", "g");
});
afterEach(() => world.remove());

const userFile = () => join(world.folder, ".config", "conveyor", "config.toml");
const projectFile = () => join(world.folder, "conveyor.toml");

function user(text: string): void {
  mkdirSync(join(world.folder, ".config", "conveyor"), { recursive: true });
  writeFileSync(userFile(), text);
}
const project = (text: string) => writeFileSync(projectFile(), text);

describe("config on the command line", () => {
  it("sets, gets, explains and takes out, and leaves what else stands in the file", async () => {
    user("# mine\n[start]\ntimeout_seconds = 5 # short\n");
    expect((await world.cli("config", "set", "server.port", "8800")).stdout).toBe(
      `server.port is 8800 in ${userFile()}\n`,
    );
    expect(readFileSync(userFile(), "utf8")).toBe(
      "# mine\n[start]\ntimeout_seconds = 5 # short\n\n[server]\nport = 8800\n",
    );
    expect((await world.cli("config", "get", "server.port")).stdout).toBe("8800\n");
    expect((await world.cli("config", "unset", "start.timeout_seconds")).code).toBe(0);
    expect(readFileSync(userFile(), "utf8")).toBe("# mine\n[start]\n\n[server]\nport = 8800\n");
    expect((await world.cli("config", "explain", "server.port")).stdout).toContain(
      `${userFile()}: 8800 (it comes first)`,
    );
    expect((await world.cli("config", "list", "--origin")).stdout).toMatch(/^server\.port\t8800\t\/.*config\.toml\t/m);
    expect(JSON.parse((await world.cli("config", "list", "--json")).stdout)).toContainEqual(
      expect.objectContaining({ key: "output", value: null, origin: "default" }),
    );
  });

  it("refuses keys and values that are none, and names the nearest", async () => {
    expect((await world.cli("config", "set", "server.prot", "1")).stderr).toContain("did you mean server.port?");
    expect(await world.cli("config", "set", "server.port", "high")).toMatchObject({ code: 2, stdout: "" });
    expect(await world.cli("config", "set", "output", "xml")).toMatchObject({ code: 2 });
    user("[server]\nprot = 1\n");
    const { code, stderr } = await world.cli("tasks");
    expect(code).toBe(2);
    expect(stderr).toContain(`${userFile()}: there is no setting "server.prot"`);
    expect(stderr).toContain("did you mean server.port?");
    user("[server\n");
    expect((await world.cli("tasks")).stderr).toMatch(/config\.toml: line 1: /);
    user("[server]\nport = 'x'\n");
    expect((await world.cli("tasks")).stderr).toContain("server.port: ");
    // What tells where the file is works all the same.
    expect((await world.cli("config", "path")).stdout).toContain(userFile());
    expect(JSON.parse((await world.cli("config", "schema")).stdout).additionalProperties).toBe(false);
  });

  it("decides the form of answers after flags and environment", async () => {
    await world.cli("config", "set", "output", "json");
    expect((await world.cliIn({ terminal: 80 }, "tasks")).stdout).toMatch(/^\[/);
    expect((await world.cliIn({ terminal: 80, env: { CONVEYOR_OUTPUT: "human" } }, "tasks")).stdout).toContain("auth");
    expect((await world.cli("tasks", "--human")).stdout).toMatch(/^auth\t/);
    await world.cli("config", "set", "output", "human", "--project");
    expect((await world.cli("ps")).stdout).toMatch(/^auth\ttask/);
    expect(JSON.parse((await world.cli("config", "explain", "output", "--json")).stdout)).toMatchObject({
      origin: "project",
      places: [
        { origin: "project", counts: true },
        { origin: "user", counts: false, why: "project comes before it" },
      ],
    });
  });
});

describe("a project's file", () => {
  it("widens no rights before it is trusted as it is", async () => {
    project('[agent.codex]\nsandbox = "danger-full-access"\n[start]\ntimeout_seconds = 7\n');
    const explained = async () =>
      JSON.parse((await world.cli("config", "explain", "agent.codex.sandbox", "--json")).stdout);
    expect(await explained()).toMatchObject({ value: null, origin: "default", places: [{ counts: false }] });
    expect((await world.cli("config", "get", "start.timeout_seconds")).stdout).toBe("7\n");
    const started = await world.cliIn({ env: { PATH: world.folder } }, "start-worker", "--name", "ada");
    expect(started.stderr).toContain("sets agent.codex.sandbox, which counts only after `conveyor config trust`");

    expect((await world.cli("config", "trust")).stdout).toContain("it sets agent.codex.sandbox");
    expect(await explained()).toMatchObject({ value: "danger-full-access", origin: "project" });
    expect((await world.cli("config", "path")).stdout).toContain(`${projectFile()} (trusted)`);
    project('[agent.codex]\nsandbox = "danger-full-access"\nprofile = "yolo"\n');
    expect(await explained()).toMatchObject({ value: null });
  });

  it("is not read through a link, nor where it is too large, and there is none to trust where there is none", async () => {
    expect(await world.cli("config", "trust")).toMatchObject({ code: 2, stdout: "" });
    writeFileSync(join(world.folder, "elsewhere.toml"), "output = 'human'\n");
    symlinkSync(join(world.folder, "elsewhere.toml"), projectFile());
    expect((await world.cli("ps")).stderr).toContain("conveyor.toml: is a link");
  });

  it("is the one at the root of the repository", async () => {
    mkdirSync(join(world.folder, ".git"));
    project("output = 'human'\n");
    const answer = JSON.parse((await world.cli("config", "path", "--json")).stdout);
    expect(answer.project).toMatchObject({ file: projectFile(), exists: true, trusted: false });
  });
});

describe("a text with one setting changed", () => {
  it.each([
    ["", "output", "json", 'output = "json"\n'],
    ["[server]\nport = 1\n", "output", "json", 'output = "json"\n[server]\nport = 1\n'],
    ["[server] # here\n# why\nport = 1\n", "server.port", 2, "[server] # here\n# why\nport = 2\n"],
    ["[server]\nport = 1\n", "server.port", undefined, "[server]\n"],
    ["output = 'json'\n", "server.port", undefined, "output = 'json'\n"],
    ["server = { port = 1 }\n", "server.port", 2, "[server]\nport = 2\n"],
    ["server.port = 1\n", "server.port", 2, "[server]\nport = 2\n"],
  ])("of %j: %s = %j", (text, key, value, wanted) => {
    expect(withSetting(text, key, value).trimEnd()).toBe(wanted.trimEnd());
  });
});
