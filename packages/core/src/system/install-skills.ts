import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { BUNDLED_SKILL_NAMES } from "@conveyor/contracts/system/words";
import type { HostCtx } from "../ctx.ts";
import { type PackageInfo, packageInfo } from "./package-info.ts";
import { skillFolders } from "./plugin-status.ts";
import { reasonOf, replaceFolder } from "./replace-folder.ts";
import { finishSkill } from "./skill-text.ts";

/** Files of the bundled skills that must be executable (spec 01 §6.19). */
const EXECUTABLES: Readonly<Record<string, readonly string[]>> = { "codex-review": ["scripts/codex-review"] };

/**
 * Copy the bundled skills into the home of the agent that they are for, each as a whole: beside the old one first, then swapped (spec 01 §6.19).
 * Touches no ledger. Throws `internal` when the bundle is incomplete, `side_effect_failed` when the home cannot be written.
 */
export async function installSkills(
  ctx: HostCtx,
  input: Input<"system.installSkills">,
  { root, version }: Pick<PackageInfo, "root" | "version"> = packageInfo(),
): Promise<Output<"system.installSkills">> {
  const codex_home = input.codex_home ?? ctx.agents.standard.home ?? "";
  const home = input.for === "claude" ? claudeHome(ctx, input.claude_home) : codex_home;
  const folder = input.for === "claude" ? join(home, "skills") : ctx.agents.standard.launch.extensionsIn(home).skills;
  const skills = BUNDLED_SKILL_NAMES.map((name) => ({
    name,
    source: bundledSkill(root, name),
    target: join(folder, name),
  }));
  const common = { codex_home, for: input.for, home, version, skills };
  if (input.dry_run) return { ...common, dry_run: true, installed: [] };
  for (const { name, source, target } of skills) {
    try {
      replaceFolder(source, target, {
        executables: executablesOf(name),
        finish: (copy) => finishSkill(copy, input.for, version),
      });
    } catch (cause) {
      throw new ConveyorError(
        "side_effect_failed",
        `the skill ${name} could not be written to ${target}: ${reasonOf(cause)}`,
        {
          hint: `check the permissions of that folder, or name another with --${input.for}-home`,
          details: { target },
          cause,
        },
      );
    }
  }
  return { ...common, dry_run: false, installed: skills.map(({ name }) => name) };
}

/** Where Claude Code is at home. */
function claudeHome({ host }: HostCtx, named: string | undefined): string {
  return named ?? (host.env["CLAUDE_CONFIG_DIR"] || join(host.env["HOME"] || homedir(), ".claude"));
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
  return EXECUTABLES[name] ?? [];
}
