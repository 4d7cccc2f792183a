import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { installSkills } from "./install-skills.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const home = () => world.home;
const target = (...parts: string[]) => join(home(), "skills", ...parts);

/** An installation with both skills bundled below `place`. */
function bundle(place: string): { root: string; version: string } {
  const root = join(world.root, "installed");
  for (const file of ["manage-codex-workers/SKILL.md", "codex-review/SKILL.md", "codex-review/scripts/codex-review"]) {
    const path = join(root, place, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `---\nname: ${file.split("/")[0]}\n---\nbundled ${file}`, { mode: 0o644 });
  }
  return { root, version: "1.2.3" };
}

describe("install-skills", () => {
  it.each(["skills", join("dist", "skills")])("copies both skills from %s, the helper executable", async (place) => {
    const result = await installSkills(world.ctx, { for: "codex", dry_run: false }, bundle(place));
    expect(result.installed).toEqual(["manage-codex-workers", "codex-review"]);
    expect(readFileSync(target("manage-codex-workers", "SKILL.md"), "utf8")).toBe(
      '---\nname: manage-codex-workers\nmetadata:\n  version: "1.2.3"\n---\nbundled manage-codex-workers/SKILL.md',
    );
    expect(statSync(target("codex-review", "scripts", "codex-review")).mode & 0o111).toBe(0o111);
  });

  it("says in a dry run what it would copy and copies nothing", async () => {
    const result = await installSkills(world.ctx, { for: "codex", dry_run: true }, bundle("skills"));
    expect(result).toMatchObject({
      dry_run: true,
      installed: [],
      skills: [{ target: target("manage-codex-workers") }, {}],
    });
    expect(existsSync(home())).toBe(false);
  });

  it("replaces an older skill as a whole, also where it is a link, and leaves nothing beside it", async () => {
    const elsewhere = join(world.root, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "SKILL.md"), "somebody's own");
    mkdirSync(target("codex-review"), { recursive: true });
    writeFileSync(target("codex-review", "stale.md"), "old");
    symlinkSync(elsewhere, target("manage-codex-workers"));
    const root = bundle("skills");
    for (let i = 0; i < 2; i++) await installSkills(world.ctx, { for: "codex", dry_run: false }, root);
    expect(existsSync(target("codex-review", "stale.md"))).toBe(false);
    expect(readFileSync(join(elsewhere, "SKILL.md"), "utf8")).toBe("somebody's own");
    expect(readdirSync(target()).sort()).toEqual(["codex-review", "manage-codex-workers"]);
  });

  it("refuses an incomplete bundle before it touches anything", async () => {
    const root = bundle("skills");
    rmSync(join(root.root, "skills/codex-review/scripts"), { recursive: true });
    await expect(installSkills(world.ctx, { for: "codex", dry_run: false }, root)).rejects.toMatchObject({
      code: "internal",
    });
    expect(existsSync(home())).toBe(false);
  });

  it("says which skill could not be written", async () => {
    mkdirSync(home());
    writeFileSync(target(), "a file where a folder belongs");
    await expect(installSkills(world.ctx, { for: "codex", dry_run: false }, bundle("skills"))).rejects.toMatchObject({
      code: "side_effect_failed",
      message: expect.stringContaining("manage-codex-workers"),
    });
  });

  it.each(["/proc/self", "/dev/null"])("ends at once where no folder can be made: %s", async (codex_home) => {
    const install = installSkills(world.ctx, { for: "codex", dry_run: false, codex_home }, bundle("skills"));
    await expect(install).rejects.toMatchObject({ code: "side_effect_failed" });
  });

  it("does not follow a link in the place of the folder of skills", async () => {
    mkdirSync(home());
    mkdirSync(join(world.root, "elsewhere"));
    symlinkSync(join(world.root, "elsewhere"), target());
    await expect(installSkills(world.ctx, { for: "codex", dry_run: false }, bundle("skills"))).rejects.toMatchObject({
      code: "side_effect_failed",
    });
    expect(readdirSync(join(world.root, "elsewhere"))).toEqual([]);
  });

  it("gives Claude Code a text of its own from the same source, in its own home", async () => {
    const claude_home = join(world.root, "claude");
    const own = bundle("skills");
    const source = join(own.root, "skills/manage-codex-workers/SKILL.md");
    writeFileSync(
      source,
      "---\nname: manage-codex-workers\n---\nboth\n<!-- codex -->\nonly Codex\n<!-- /codex -->\n<!-- claude -->\nonly Claude\n<!-- /claude -->\nend\n",
    );
    const { home, skills } = await installSkills(world.ctx, { for: "claude", claude_home, dry_run: false }, own);
    expect([home, skills[0]?.target]).toEqual([claude_home, join(claude_home, "skills", "manage-codex-workers")]);
    const text = (folder: string) => readFileSync(join(folder, "skills", "manage-codex-workers", "SKILL.md"), "utf8");
    expect(text(claude_home)).toBe(
      '---\nname: manage-codex-workers\nmetadata:\n  version: "1.2.3"\n---\nboth\nonly Claude\nend\n',
    );
    expect(existsSync(home) && existsSync(world.home)).toBe(false);
    await installSkills(world.ctx, { for: "codex", dry_run: false }, own);
    expect(text(world.home)).toContain("both\nonly Codex\nend\n");
  });

  it("finds the skills that this repository really bundles", async () => {
    const { installed } = await installSkills(world.ctx, { for: "codex", dry_run: false });
    expect(installed).toHaveLength(2);
  });
});
