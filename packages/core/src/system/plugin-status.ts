import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Input, PluginStatus } from "@conveyor/contracts";
import { readWhole } from "@conveyor/files";
import type { StartableAgent } from "@conveyor/host";
import type { HostCtx } from "../ctx.ts";
import { type PackageInfo, packageInfo } from "./package-info.ts";
import { installedSkillVersion } from "./skill-text.ts";

/** `plugin-status`: what of the operator plugin and the skills is installed, and of which version (spec 06 §6.8.2). */
export async function pluginStatus(ctx: HostCtx, input: Input<"system.pluginStatus">): Promise<PluginStatus> {
  return pluginStatusOf(ctx.agents.standard, input.codex_home ?? ctx.agents.standard.home ?? "");
}

/**
 * What of the operator plugin is bundled, and what of it the agent's home has (spec 06 §6.8.2). Looks, changes nothing;
 * what is not there is reported as not installed.
 */
export function pluginStatusOf(
  { launch }: StartableAgent,
  codex_home: string,
  program: PackageInfo = packageInfo(),
): PluginStatus {
  const { skills, plugin_cache, plugin_manifests } = launch.extensionsIn(codex_home);
  const paths = {
    codex_home,
    package_root: program.root,
    plugin_cache_root: plugin_cache,
    plugin_install_root: join(plugin_cache, program.version),
    plugin_source: pluginSource(program.root),
    skills_install_root: skills,
  };
  const installed_version = installedVersion(paths.plugin_cache_root, program.version, plugin_manifests);
  return {
    installed: installed_version !== null,
    installed_version,
    package_version: program.version,
    plugin_version: manifestVersion(paths.plugin_source, plugin_manifests),
    version_matches: installed_version === program.version,
    skills: bundledSkills(skillFolders(program.root)).map(({ name, source }) => {
      const target = join(paths.skills_install_root, name);
      const current = installedSkillVersion(target) === program.version;
      return { name, installed: existsSync(join(target, "SKILL.md")), current, source, target };
    }),
    paths,
  };
}

/** The version that this program would use if it is there, else the newest other one. */
function installedVersion(cache_root: string, wanted: string, manifests: readonly string[]): string | null {
  const versions = foldersIn(cache_root).filter((name) => manifestVersion(join(cache_root, name), manifests) !== null);
  if (versions.includes(wanted)) return wanted;
  return versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? null;
}

/** Where skills are bundled: in the repository, in the published package, in the plugin. The first that has one wins. */
export function skillFolders(root: string): string[] {
  return [join(root, "skills"), join(root, "dist", "skills"), join(pluginSource(root), "skills")];
}

/** Where the plugin is bundled: in the repository, or in the published package. */
function pluginSource(root: string): string {
  const own = join(root, "plugin");
  const built = join(root, "dist", "plugin");
  return !existsSync(own) && existsSync(built) ? built : own;
}

/** Every skill that comes with the program, those of the plugin among them. */
export function bundledSkills(roots: readonly string[]): { name: string; source: string }[] {
  return roots
    .flatMap((root) => foldersIn(root).map((name) => ({ name, source: join(root, name) })))
    .filter(({ source }) => existsSync(join(source, "SKILL.md")))
    .filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is read of a plugin's manifest. */
interface Manifest {
  version: string;
  /** Folders of its skills, within its own. */
  skills: string[];
}

/** The version that a plugin's folder says; null when it is none. */
export function manifestVersion(folder: string, manifests: readonly string[]): string | null {
  return manifestOf(folder, manifests)?.version ?? null;
}

/** What the manifest in a plugin's folder says; null when there is none. */
export function manifestOf(folder: string, manifests: readonly string[]): Manifest | null {
  for (const path of manifests) {
    try {
      const { version, skills } = JSON.parse(textOf(join(folder, path))) as { version?: unknown; skills?: unknown };
      if (typeof version !== "string") continue;
      const named = Array.isArray(skills) ? skills.filter((one) => typeof one === "string") : [];
      return { version, skills: named };
    } catch {
      // Missing or damaged: not a plugin.
    }
  }
  return null;
}

/** Manifests of plugins are what others wrote; longer than this none is. */
function textOf(path: string): string {
  const read = readWhole(path, { most_bytes: 1024 * 1024 });
  return read.ok ? read.text : "";
}

/** Names of the folders in a folder; none where there is no such folder. */
export function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
