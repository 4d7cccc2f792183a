import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { createHost } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { doctor } from "./doctor.ts";
import { packageInfo } from "./package-info.ts";
import { pluginStatusOf } from "./plugin-status.ts";

let world: World;
let bin: string;
beforeEach(() => {
  world = createWorld();
  bin = join(world.root, "bin");
  mkdirSync(bin);
});
afterEach(() => world.close());

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

const run = (call: Record<string, unknown> = {}) =>
  doctor(
    { ...world.ctx, host: createHost({ env: { PATH: bin } }) },
    operations.system.doctor.input.parse({ cwd: world.cwd, ...call }),
  );

describe("doctor", () => {
  it("is not ok without tmux and codex, and still reports everything", async () => {
    const report = await run();
    expect(report.ok).toBe(false);
    expect(report.operator_ready).toBe(false);
    expect(report.commands.tmux).toEqual({ ok: false, path: null });
    const names = report.checks.map(({ name }) => name);
    expect(names).toEqual([
      "tmux",
      "codex",
      "sqlite_native",
      "target_cwd_exists",
      "state_root_exists",
      "conveyor_on_path",
      "workerctl_on_path",
      "conveyor_on_login_path",
      "runs_in_login_shell",
      "plugin_installed",
      "plugin_version_matches",
      "plugin_skills_installed",
      "lsof_or_proc",
      "codex_tested",
      "codex_no_daemon_flag",
      "git",
      "gh",
      "ledger",
    ]);
  });

  it("is ok with both, whatever the advisory checks say", async () => {
    program("tmux", "echo tmux 3.4");
    program(
      "codex",
      'case "$1" in --version) echo codex-cli 0.169.0;; *) printf "Options:\\n      --no-daemon  alone\\n";; esac',
    );
    const report = await run();
    const find = (name: string) => report.checks.find((check) => check.name === name);
    expect(report.ok).toBe(true);
    expect(find("tmux")).toMatchObject({ ok: true, path: join(bin, "tmux"), advisory: false });
    expect(find("tmux_version")?.["value"]).toBe("tmux 3.4");
    expect(find("codex_version")?.["value"]).toBe("codex-cli 0.169.0");
    expect(find("codex_no_daemon_flag")).toMatchObject({ ok: true, advisory: true });
    expect(find("git")).toMatchObject({ ok: false, advisory: true });
    expect(find("ledger")).toMatchObject({ ok: true, path: world.ctx.settings.ledger_path });
    expect(report.operator_ready).toBe(false);
  });

  it("says what to do, or that it does not matter, wherever something does not hold", async () => {
    const report = await run({ cwd: join(world.root, "nowhere") });
    for (const { name, ok, remedy } of report.checks) {
      expect([name, typeof remedy]).toEqual([name, ok ? "undefined" : "string"]);
    }
  });

  it.each([
    ["0.169.0", true, "tested"],
    ["0.171.0", true, "tested"],
    ["0.172.0", false, "newer"],
  ])("says of Codex %s which releases were tested", async (version, ok, verdict) => {
    program("codex", `echo codex-cli ${version}`);
    const tested = (await run()).checks.find(({ name }) => name === "codex_tested");
    expect(tested).toMatchObject({ ok, verdict, value: version, tested: ["0.169.0", "0.171.0"], advisory: true });
  });

  it("looks whether a login shell, in which agents run commands, finds the program", async () => {
    program("conveyor", "echo 1.2.3");
    symlinkSync("/bin/bash", join(bin, "bash"));
    const checked = async (settings: { program: string }) => {
      const ctx = { ...world.ctx, settings: { ...world.ctx.settings, ...settings } };
      const home = { PATH: bin, HOME: world.root };
      const { checks } = await doctor(
        { ...ctx, host: createHost({ env: home }) },
        operations.system.doctor.input.parse({ cwd: world.cwd }),
      );
      return Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));
    };
    expect(await checked({ program: "conveyor-that-is-nowhere" })).toMatchObject({ runs_in_login_shell: false });
    expect(await checked({ program: `PATH='${bin}':$PATH conveyor` })).toMatchObject({
      conveyor_on_path: true,
      runs_in_login_shell: true,
    });
  });

  it("is not ok when codex is there and broken", async () => {
    program("tmux", "echo tmux 3.4");
    program("codex", "exit 3");
    const report = await run();
    expect(report.ok).toBe(false);
    expect(report.checks.find(({ name }) => name === "codex_version")).toMatchObject({ ok: false, value: null });
  });

  it("is not ok for a folder that does not exist", async () => {
    program("tmux", "echo tmux 3.4");
    program("codex", "echo 1");
    expect((await run()).ok).toBe(true);
    const report = await run({ cwd: join(world.root, "nowhere") });
    expect(report.ok).toBe(false);
    expect(report.checks.find(({ name }) => name === "target_cwd_exists")).toMatchObject({ ok: false });
  });

  it("finds the enclosing repository and the folders of older workers", async () => {
    mkdirSync(join(world.cwd, ".git"));
    mkdirSync(join(world.cwd, "deep", "er"), { recursive: true });
    const folder = join(world.ctx.settings.state_root, "old-worker");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.json"), "{}");
    writeFileSync(join(folder, "status.json"), '{"state":"editing"}');
    const report = await run({ cwd: join(world.cwd, "deep", "er") });
    expect(report.project_root).toBe(world.cwd);
    expect(report.workers).toEqual([
      { name: "old-worker", config_path: join(folder, "config.json"), status: { state: "editing" } },
    ]);
  });

  it("names the program it belongs to", async () => {
    const report = await run();
    expect(report.package.name).toBe("conveyor");
    expect(report.package.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(packageInfo(join(report.package.root, "packages", "core")).root).toBe(report.package.root);
  });
});

describe("the state of the operator plugin", () => {
  const home = () => world.home;
  const install = (version: string, manifest: string) => {
    const folder = join(home(), "plugins", "cache", "agent-conveyor", "agent-conveyor", version);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "plugin.json"), manifest);
  };
  const status = () => {
    const root = join(world.root, "package");
    mkdirSync(join(root, "skills", "codex-review"), { recursive: true });
    writeFileSync(join(root, "skills", "codex-review", "SKILL.md"), "# review");
    mkdirSync(join(root, "skills", "not-a-skill"), { recursive: true });
    return pluginStatusOf(world.ctx.agents.standard, home(), { name: "conveyor", root, version: "0.2.0" });
  };

  it("is not installed in an empty home", () => {
    expect(status()).toMatchObject({ installed: false, installed_version: null, version_matches: false });
    expect(status().skills).toMatchObject([{ name: "codex-review", installed: false }]);
  });

  it("is another version's when only that is there", () => {
    install("0.9.0", '{"version":"0.9.0"}');
    install("0.10.0", '{"version":"0.10.0"}');
    expect(status()).toMatchObject({ installed: true, installed_version: "0.10.0", version_matches: false });
  });

  it("matches when this version is there, with its skills", () => {
    install("0.10.0", '{"version":"0.10.0"}');
    install("0.2.0", '{"version":"0.2.0"}');
    const skill = join(home(), "skills", "codex-review");
    mkdirSync(skill, { recursive: true });
    writeFileSync(join(skill, "SKILL.md"), "# review");
    expect(status()).toMatchObject({
      installed_version: "0.2.0",
      version_matches: true,
      skills: [{ installed: true }],
    });
  });

  it("does not take a damaged folder for a plugin", () => {
    install("0.2.0", "{not json");
    expect(status().installed).toBe(false);
  });
});
