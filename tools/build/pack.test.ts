import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, root } from "./build.ts";
import { pack } from "./pack.ts";

const folder = mkdtempSync(join(tmpdir(), "conveyor-packed-"));
const installed = join(folder, "prefix/lib/node_modules/agent-conveyor");

function run(program: string, ...args: string[]) {
  const env = { HOME: folder, PATH: process.env["PATH"], CONVEYOR_STATE_ROOT: join(folder, "state") };
  const file = join(folder, "prefix/bin", program);
  return spawnSync(file, args, { encoding: "utf8", cwd: folder, env, timeout: 60_000 });
}

beforeAll(async () => {
  const tarball = await pack(folder);
  const args = [
    "install",
    "--global",
    "--prefix",
    join(folder, "prefix"),
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    tarball,
  ];
  const { status, stderr } = spawnSync("npm", args, { encoding: "utf8", timeout: 240_000 });
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package installed from its tarball", () => {
  it("depends on the native SQLite module only and carries no source maps", () => {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(Object.keys(manifest.dependencies)).toEqual(["better-sqlite3"]);
    expect(manifest.bin).toEqual({
      conveyor: "bin/conveyor",
      workerctl: "bin/workerctl",
      "agent-conveyor": "bin/conveyor",
    });
    expect(existsSync(join(installed, "dist/main.js"))).toBe(true);
    expect(existsSync(join(installed, "dist/main.js.map"))).toBe(false);
  });

  it.each(["conveyor", "workerctl"])("runs as %s", (program) => {
    expect(run(program, "--version")).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(`^${program} \\d`),
    });
    expect(run(program, "--help").stdout).toMatch(`usage: ${program} <command>`);
    const created = run(program, "tasks", "--create", `by-${program}`, "--goal", "see that it works");
    expect(created).toMatchObject({ status: 0, stderr: "" });
    const listed = JSON.parse(run(program, "tasks", "--json").stdout) as { name: string }[];
    expect(listed.map(({ name }) => name)).toContain(`by-${program}`);
  });
});

describe("the page in the installed package", () => {
  it("is served at / with everything that it loads", async () => {
    const env = { HOME: folder, PATH: process.env["PATH"], CONVEYOR_STATE_ROOT: join(folder, "served") };
    const argv = ["serve", "--port", "0", "--no-dispatch", "--json"];
    const server = spawn(join(folder, "prefix/bin/conveyor"), argv, {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [document] = (await once(server.stdout, "data")) as [Buffer];
      const { url } = JSON.parse(String(document)) as { url: string };
      const page = await fetch(`${url}/`);
      const html = await page.text();
      expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(html).toContain('id="root"');
      const loaded = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path as string);
      expect(loaded.some((path) => path.endsWith(".js"))).toBe(true);
      for (const path of loaded) expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    } finally {
      server.kill();
      await once(server, "exit");
    }
  });
});

describe("the SDK in the installed package", () => {
  it("connects to a ledger without anything else installed", () => {
    const script = `import { connect } from "agent-conveyor";
      const conveyor = await connect({ path: ${JSON.stringify(join(folder, "sdk.db"))} });
      await conveyor.tasks.create({ name: "from-a-script", goal: "see that it works" });
      console.log((await conveyor.tasks.list())[0].name);
      await conveyor.close();`;
    const file = join(folder, "prefix/lib/node_modules/script.mjs");
    writeFileSync(file, script);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 60_000 });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "from-a-script\n", stderr: "" });
  });
});

describe("an error that a script does not catch", () => {
  it("is printed by its name, with code and hint, and no page of the program's own text", () => {
    const file = join(folder, "prefix/lib/node_modules/uncaught.mjs");
    const missing = JSON.stringify(join(folder, "nowhere.db"));
    writeFileSync(
      file,
      `import { connect } from "agent-conveyor";
       const conveyor = await connect({ path: ${missing} });
       await conveyor.tasks.list();`,
    );
    const { status, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", timeout: 60_000 });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ConveyorError: there is no ledger/m);
    expect(stderr).toContain("code: 'ledger_missing'");
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(400);
  });
});

describe("a build", () => {
  it("does nothing when nothing changed", async () => {
    await build();
    expect(await build()).toBe("unchanged");
  });

  it("is asked for by the starters when it is missing", () => {
    const elsewhere = join(folder, "unbuilt");
    cpSync(join(root, "bin"), join(elsewhere, "bin"), { recursive: true });
    cpSync(join(root, "package.json"), join(elsewhere, "package.json"));
    const { status, stdout, stderr } = spawnSync(join(elsewhere, "bin/conveyor"), ["tasks"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: Conveyor is not built yet\nhint: .*build/);
  });
});
