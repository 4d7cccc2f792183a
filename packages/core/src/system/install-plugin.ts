import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output, PluginStatus } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { executablesOf } from "./install-skills.ts";
import { type PackageInfo, packageInfo } from "./package-info.ts";
import { foldersIn, manifestOf, manifestVersion, pluginStatusOf } from "./plugin-status.ts";
import { reasonOf, replaceFolder } from "./replace-folder.ts";
import { finishSkill } from "./skill-text.ts";

/**
 * `install-plugin`: the operator plugin into the agent's plugin cache, and all skills into its folder of skills, each as a
 * whole (spec 06 §6.8.2). Copies of other versions go. Touches no ledger. Throws `internal` when the bundle is incomplete or
 * of another version than the program, `side_effect_failed` when the home cannot be written.
 */
export async function installPlugin(
  ctx: HostCtx,
  input: Input<"system.installPlugin">,
  program: PackageInfo = packageInfo(),
): Promise<Output<"system.installPlugin">> {
  const agent = ctx.agents.standard;
  const codex_home = input.codex_home ?? agent.home ?? "";
  const before = pluginStatusOf(agent, codex_home, program);
  const { plugin_manifests } = agent.launch.extensionsIn(codex_home);
  assertComplete(before, manifestOf(before.paths.plugin_source, plugin_manifests)?.skills ?? []);
  if (input.dry_run) return { ...before, dry_run: true, installed_skills: [] };
  const { plugin_source, plugin_install_root, plugin_cache_root } = before.paths;
  put("the operator plugin", plugin_install_root, () => replaceFolder(plugin_source, plugin_install_root));
  for (const { name, source, target } of before.skills) {
    put(`the skill ${name}`, target, () =>
      replaceFolder(source, target, {
        executables: executablesOf(name),
        finish: (folder) => finishSkill(folder, "codex", program.version),
      }),
    );
  }
  for (const version of foldersIn(plugin_cache_root)) {
    const folder = join(plugin_cache_root, version);
    const isOlder = version !== program.version && manifestVersion(folder, plugin_manifests) !== null;
    if (isOlder) put("an older copy of the operator plugin", folder, () => rmSync(folder, { recursive: true }));
  }
  return {
    ...pluginStatusOf(agent, codex_home, program),
    dry_run: false,
    installed_skills: before.skills.map(({ name }) => name),
  };
}

/** `named`: the skills of the plugin's manifest. */
function assertComplete(
  { plugin_version, package_version, skills, paths }: PluginStatus,
  named: readonly string[],
): void {
  const refuse = (message: string, details: Record<string, unknown>) => {
    throw new ConveyorError("internal", `the installation is incomplete: ${message}`, {
      hint: "install Conveyor again",
      details: { plugin_source: paths.plugin_source, ...details },
    });
  };
  if (plugin_version !== package_version) {
    refuse(`the bundled plugin is of version ${plugin_version ?? "none"}, the program of ${package_version}`, {
      plugin_version,
      package_version,
    });
  }
  const wanted = [
    ...named.map((folder) => join(paths.plugin_source, folder, "SKILL.md")),
    ...skills.flatMap(({ name, source }) => executablesOf(name).map((file) => join(source, file))),
  ];
  const missing = wanted.filter((file) => !existsSync(file));
  if (missing.length > 0) refuse(`${missing.join(", ")} is missing`, { missing });
}

function put(what: string, target: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new ConveyorError("side_effect_failed", `${what} could not be written to ${target}: ${reasonOf(cause)}`, {
      hint: "check the permissions of the Codex home, or name another with --codex-home",
      details: { target },
      cause,
    });
  }
}
