import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, lstatSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder } from "@conveyor/files";
import type { HostCtx } from "../ctx.ts";
import { packageInfo } from "./package-info.ts";
import { skillFolders } from "./plugin-status.ts";

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
  root: string = packageInfo().root,
): Promise<Output<"system.installSkills">> {
  const codex_home = input.codex_home ?? ctx.agents.standard.home ?? "";
  const extensions = ctx.agents.standard.launch.extensionsIn(codex_home);
  const skills = BUNDLED_SKILLS.map(({ name }) => ({
    name,
    source: bundled(root, name),
    target: join(extensions.skills, name),
  }));
  if (input.dry_run) return { codex_home, dry_run: true, installed: [], skills };
  for (const { name, source, target } of skills) {
    try {
      replaceFolder(source, target, executablesOf(name));
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

function bundled(root: string, name: string): string {
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

function executablesOf(name: string): readonly string[] {
  return BUNDLED_SKILLS.find((skill) => skill.name === name)?.executables ?? [];
}

/** Readers of `target` see the old folder or the new one, never a mixture. */
function replaceFolder(source: string, target: string, executables: readonly string[]): void {
  const mark = randomBytes(4).toString("hex");
  const fresh = `${target}.new-${mark}`;
  const old = `${target}.old-${mark}`;
  const parent = join(target, "..");
  makeFolder(parent, 0o777);
  // A link in the place of the folder would have the skills written, and old ones removed, wherever it leads.
  if (lstatSync(parent).isSymbolicLink()) throw new Error(`${parent} is a link`);
  try {
    cpSync(source, fresh, { recursive: true, dereference: true });
    for (const file of executables) chmodSync(join(fresh, file), 0o755);
    const replaces = lstatSync(target, { throwIfNoEntry: false }) !== undefined;
    if (replaces) renameSync(target, old);
    try {
      renameSync(fresh, target);
    } catch (error) {
      if (replaces) renameSync(old, target);
      throw error;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(target)) rmSync(old, { recursive: true, force: true });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause);
}
