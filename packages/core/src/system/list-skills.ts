import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { BUNDLED_SKILL_NAMES } from "@conveyor/contracts/system/words";
import { readWhole } from "@conveyor/files";
import type { HostCtx } from "../ctx.ts";
import { packageInfo } from "./package-info.ts";
import { bundledSkills, skillFolders } from "./plugin-status.ts";
import { MOST_SKILL_BYTES, skillDescription } from "./skill-text.ts";

/** `skill list`: every skill that comes with the program (spec 06 §6.9). */
export async function listSkills(
  _ctx: HostCtx,
  _input: Input<"system.listSkills">,
): Promise<Output<"system.listSkills">> {
  const { root, version } = packageInfo();
  const skills = bundledSkills(skillFolders(root)).map(({ name, source }) => {
    const read = readWhole(join(source, "SKILL.md"), { most_bytes: MOST_SKILL_BYTES });
    const operator = !(BUNDLED_SKILL_NAMES as readonly string[]).includes(name);
    return { name, description: read.ok ? skillDescription(read.text) : "", operator, source };
  });
  return { version, skills };
}
