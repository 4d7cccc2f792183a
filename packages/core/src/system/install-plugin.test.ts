import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { installPlugin } from "./install-plugin.ts";
import { packageInfo } from "./package-info.ts";
import { pluginPath } from "./plugin-path.ts";
import { pluginStatus, pluginStatusOf } from "./plugin-status.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const cache = (...parts: string[]) =>
  join(world.home, "plugins", "cache", "agent-conveyor", "agent-conveyor", ...parts);
const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** An installation with one skill of its own and one of the plugin. */
function program(version = "1.2.3", plugin_version = version) {
  const root = join(world.root, "installed");
  write(join(root, "skills/mine/SKILL.md"), "---\nname: mine\n---\nhow to\n");
  write(join(root, "plugin/skills/op/SKILL.md"), "---\nname: op\n---\noperate\n");
  write(join(root, "plugin/plugin.json"), JSON.stringify({ version: plugin_version, skills: ["skills/op"] }));
  return { name: "agent-conveyor", root, version };
}

describe("install-plugin", () => {
  it("puts plugin and skills in place, says so, and removes what another version left", async () => {
    write(cache("1.0.0", "plugin.json"), '{"version":"1.0.0"}');
    write(cache("notes", "mine.txt"), "somebody's own");
    write(join(world.home, "skills/op/stale.md"), "old");
    const answer = await installPlugin(world.ctx, { dry_run: false }, program());
    expect(answer).toMatchObject({ installed: true, version_matches: true, installed_skills: ["mine", "op"] });
    expect(answer.skills.map(({ name, current }) => [name, current])).toEqual([
      ["mine", true],
      ["op", true],
    ]);
    expect(readdirSync(cache()).sort()).toEqual(["1.2.3", "notes"]);
    expect(existsSync(join(world.home, "skills/op/stale.md"))).toBe(false);
    expect(readFileSync(join(world.home, "skills/op/SKILL.md"), "utf8")).toContain('metadata:\n  version: "1.2.3"');
    // A program of another version sees that its skills are not the ones that are there.
    const later = pluginStatusOf(world.ctx.agents.standard, world.home, program("1.3.0"));
    expect(later).toMatchObject({ installed: true, installed_version: "1.2.3", version_matches: false });
    expect(later.skills.map(({ installed, current }) => [installed, current])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it("copies nothing in a dry run", async () => {
    const answer = await installPlugin(world.ctx, { dry_run: true }, program());
    expect(answer).toMatchObject({ dry_run: true, installed: false, installed_skills: [] });
    expect(existsSync(world.home)).toBe(false);
  });

  it("refuses a bundle of another version, or without a skill that it names, before it touches anything", async () => {
    const install = (own: ReturnType<typeof program>) => installPlugin(world.ctx, { dry_run: false }, own);
    await expect(install(program("1.2.3", "1.2.2"))).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("the bundled plugin is of version 1.2.2, the program of 1.2.3"),
    });
    const own = program();
    rmSync(join(own.root, "plugin/skills/op"), { recursive: true });
    await expect(install(own)).rejects.toMatchObject({
      code: "internal",
      message: expect.stringContaining("SKILL.md"),
    });
    expect(existsSync(world.home)).toBe(false);
  });

  it("says what could not be written", async () => {
    write(join(world.home, "plugins"), "a file where a folder belongs");
    await expect(installPlugin(world.ctx, { dry_run: false }, program())).rejects.toMatchObject({
      code: "side_effect_failed",
    });
  });

  it("really has seven operator skills of this version in this repository", async () => {
    const { skills, paths } = await installPlugin(world.ctx, { dry_run: false });
    const { version } = packageInfo();
    expect(skills.map(({ name }) => name).filter((name) => name.startsWith("conveyor-"))).toHaveLength(7);
    expect(await pluginStatus(world.ctx, {})).toMatchObject({ installed_version: version, version_matches: true });
    expect(await pluginPath(world.ctx, {})).toEqual(paths);
    const helper = join(world.home, "skills", "codex-review", "scripts", "codex-review");
    expect(statSync(helper).mode & 0o777).toBe(0o755);
  });
});
