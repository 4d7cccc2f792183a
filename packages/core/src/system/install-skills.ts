import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { HostCtx } from "../ctx.ts";
import { type PackageInfo, packageInfo } from "./package-info.ts";
import { skillFolders } from "./plugin-status.ts";
import { reasonOf, replaceFolder } from "./replace-folder.ts";
import { finishSkill } from "./skill-text.ts";

/** The bundled skills (spec 01 §6.19), with the files in them that must be executable. */
export const BUNDLED_SKILLS: readonly { name: string; executables: readonly string[] }[] = [
  { name: "manage-codex-workers", executables: [] },
  { name: "codex-review", executables: ["scripts/codex-review"] },
];

/**
 * Copy the bundled skills into the agent's home, each as a whole: beside the old one first, then swapped (spec 01 §6.19).
 * Touches no ledger. Throws `internal` when the bundle is incomplete, `side_effect_failed` when the home cannot be written.
 */
export async function installSkills(
  ctx: HostCtx,
  input: Input<"system.installSkills">,
  { root, version }: Pick<PackageInfo, "root" | "version"> = packageInfo(),
): Promise<Output<"system.installSkills">> {
  const codex_home = input.codex_home ?? ctx.agents.standard.home ?? "";
  const extensions = ctx.agents.standard.launch.extensionsIn(codex_home);
  const skills = BUNDLED_SKILLS.map(({ name }) => ({
    name,
    source: bundledSkill(root, name),
    target: join(extensions.skills, name),
  }));
  if (input.dry_run) return { codex_home, dry_run: true, installed: [], skills };
  for (const { name, source, target } of skills) {
    try {
      replaceFolder(source, target, {
        executables: executablesOf(name),
        finish: (folder) => finishSkill(folder, "codex", version),
      });
    } catch (cause) {
      throw new ConveyorError(
        "side_effect_failed",
        `the skill ${name} could not be written to ${target}: ${reasonOf(cause)}`,
        {
          hint: "check the permissions of the Codex home, or name another with --codex-home",
          details: { target },
          cause,
        },
      );
    }
  }
  return { codex_home, dry_run: false, installed: skills.map(({ name }) => name), skills };
}

/** The folder of a bundled skill. Throws `internal` when it, or a file that it needs, is missing. */
export function bundledSkill(root: string, name: string): string {
  const source = skillFolders(root)
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, "SKILL.md")));
  const missing =
    source === undefined ? undefined : executablesOf(name).find((file) => !existsSync(join(source, file)));
  if (source !== undefined && missing === undefined) return source;
  throw new ConveyorError("internal", `the installation is incomplete: the bundled skill ${name} is missing`, {
    hint: "install Conveyor again",
    details: { name, root, ...(missing !== undefined && { missing }) },
  });
}

/** Files of a skill that must be executable. */
export function executablesOf(name: string): readonly string[] {
  return BUNDLED_SKILLS.find((skill) => skill.name === name)?.executables ?? [];
}
