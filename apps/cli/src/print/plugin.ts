import type { PluginStatus } from "@conveyor/contracts";
import { lines, type View } from "./text.ts";

/** The plugin and the skills as a person reads them (spec 06 §6.8.2). */
export function pluginText(status: PluginStatus, { colour }: View): string {
  const { installed_version, package_version, version_matches, paths, skills } = status;
  const version = installed_version === null ? "not installed" : `version ${installed_version}`;
  return lines(
    `operator plugin: ${version_matches ? colour.green(version) : colour.yellow(version)}, this program is ${package_version}`,
    `  ${paths.plugin_install_root}`,
    skills.map(({ name, installed, current }) => {
      const state = current
        ? colour.green("installed")
        : colour.yellow(installed ? "of another version" : "not installed");
      return `skill ${name}: ${state}`;
    }),
  );
}
