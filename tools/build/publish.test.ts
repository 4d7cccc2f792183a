import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./build.ts";
import { pack } from "./pack.ts";

const folder = mkdtempSync(join(tmpdir(), "conveyor-publish-"));
const unpacked = join(folder, "node_modules/agent-conveyor");
const require = createRequire(import.meta.url);
let tarball: string;

beforeAll(async () => {
  tarball = await pack(folder);
  mkdirSync(unpacked, { recursive: true });
  spawnSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", unpacked]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of a script beside the package, with nothing else installed and every declaration checked. */
function compile(source: string): string {
  writeFileSync(join(folder, "script.mts"), source);
  const compilerOptions = {
    module: "NodeNext",
    target: "ES2023",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    lib: ["ES2023", "DOM"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["script.mts"] }));
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  return spawnSync(process.execPath, [compiler, "-p", "."], { encoding: "utf8", cwd: folder }).stdout;
}

describe("the package as it is published", () => {
  it("leaves publint nothing to say", async () => {
    const { messages } = await publint({ pkgDir: unpacked, strict: true });
    expect(messages).toEqual([]);
  });

  it("has types that every way of resolving finds and that fit the program", async () => {
    const { problems } = (await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))))) as {
      problems: { kind: string }[];
    };
    expect(problems).toEqual([]);
  });

  it("says what it is, for whom, and under which licence", () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
    expect(manifest).toMatchObject({ license: "MIT", engines: { node: ">=22.15" }, types: "./dist/sdk.d.ts" });
    expect(manifest.keywords.length).toBeGreaterThan(3);
    expect(manifest.repository.url).toMatch(/^git\+https:/);
    expect(readFileSync(join(unpacked, "LICENSE"), "utf8")).toMatch(/^MIT License/);
    expect(readFileSync(join(unpacked, "README.md"), "utf8")).not.toMatch(/\]\((?!https:)|pnpm/);
  });
});

describe("a TypeScript script with the package", () => {
  it("is typed: inputs, outputs, streams, errors and the types of operations by name", () => {
    const source = `import { connect, ConveyorError, type InboxItem, type TasksCreateInput } from "agent-conveyor";
      const conveyor = await connect();
      const input: TasksCreateInput = { name: "a", goal: "b" };
      const made: { created: boolean } = await conveyor.tasks.create(input);
      const names: string[] = (await conveyor.tasks.list()).map(({ name }) => name);
      for await (const item of conveyor.inbox.onItem({ task: "a", role: "manager" })) {
        const taken: InboxItem = item;
        console.log(taken.signal_type.length, made.created, names);
        break;
      }
      const { command_id } = await conveyor.dispatch.enqueueNudgeWorker({ task: "a", message: "b" }).catch((error: unknown) => {
        if (error instanceof ConveyorError) console.log(error.code, error.hint);
        throw error;
      });
      console.log(command_id);
      await conveyor.close();`;
    expect(compile(source)).toBe("");
  });

  it("is told of everything that is not there, missing or of another kind", () => {
    const wrong = [
      ["(await conveyor.tasks.create({ name: 'a', goal: 'b' })).nam;", "'nam'"],
      ["await conveyor.tasks.create({ name: 'a', goal: 'b', gaol: 1 });", "'gaol'"],
      ["await conveyor.tasks.create({ name: 'a' });", "'goal'"],
      ["conveyor.inbox.onItem({ task: 'a', role: 'boss' });", '"boss"'],
      ["await conveyor.tasks.creat();", "'creat'"],
      ["await conveyor.system.serve({});", "'serve'"],
    ] as const;
    const start = 'import { connect } from "agent-conveyor"; const conveyor = await connect();';
    const said = compile([start, ...wrong.map(([statement]) => statement)].join("\n"))
      .trim()
      .split("\n");
    expect(said).toEqual(
      wrong.map(([, named], index) => expect.stringMatching(`^script\\.mts\\(${index + 2},.*${named}`)),
    );
  });
});

describe("the launcher", () => {
  const onNode = (version: string, script: string) => {
    const versions = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
    return spawnSync(process.execPath, ["-e", `${versions} require(${JSON.stringify(script)})`], { encoding: "utf8" });
  };

  it.each(["18.20.8", "20.19.0", "22.14.0"])("says which Node it needs and which one runs, on %s", (version) => {
    expect(onNode(version, join(unpacked, "bin/launch.cjs"))).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `error: Conveyor needs Node 22.15 or newer; this is Node ${version} (${process.execPath})\nhint: install a newer Node, or put one in front of PATH\n`,
    });
  });

  it.each([
    ["in the user's cache", (home: string) => ({ HOME: home }), ".cache/conveyor/compiled"],
    ["where the environment says", (home: string) => ({ HOME: "/x", XDG_CACHE_HOME: home }), "conveyor/compiled"],
  ])("keeps compiled code %s, for its owner alone", (_where, env, place) => {
    const home = mkdtempSync(join(folder, "home-"));
    const own = { PATH: process.env["PATH"], ...env(home) };
    expect(spawnSync(join(unpacked, "bin/conveyor"), ["--version"], { env: own }).status).toBe(0);
    expect(statSync(join(home, place)).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home, place))).not.toEqual([]);
  });

  it.each(["/proc/self", "/dev/null", "relative", ""])("does without when HOME is %j", (HOME) => {
    const env = { PATH: process.env["PATH"], HOME };
    const { status, stderr } = spawnSync(join(unpacked, "bin/conveyor"), ["--version"], {
      env,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("of a checkout goes on with the Node that lies there, arguments, exit code and all", () => {
    const checkout = join(folder, "checkout");
    cpSync(join(root, "bin"), join(checkout, "bin"), { recursive: true });
    mkdirSync(join(checkout, "node_modules/node/bin"), { recursive: true });
    const stand_in = join(checkout, "node_modules/node/bin/node");
    writeFileSync(stand_in, '#!/bin/sh\nshift; echo "newer node: $*"; exit 7\n', { mode: 0o755 });
    const old = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });
      process.argv = [process.execPath, "conveyor", "tasks", "--json"];
      require(${JSON.stringify(join(checkout, "bin/launch.cjs"))});`;
    const { status, stdout } = spawnSync(process.execPath, ["-e", old], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 7, stdout: "newer node: tasks --json\n" });
  });
});
