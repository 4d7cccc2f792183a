import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readWhole } from "@conveyor/files";
import type { HostCtx } from "../ctx.ts";
import { bundledSkill } from "./install-skills.ts";
import { packageInfo } from "./package-info.ts";
import { MOST_SKILL_BYTES, skillTextFor } from "./skill-text.ts";

/** `skill show`: a bundled skill as this agent gets it (spec 06 §6.9). Throws `internal` when it is missing. */
export async function showSkill(_ctx: HostCtx, input: Input<"system.showSkill">): Promise<Output<"system.showSkill">> {
  const { root, version } = packageInfo();
  const source = bundledSkill(root, input.name);
  const read = readWhole(join(source, "SKILL.md"), { most_bytes: MOST_SKILL_BYTES });
  if (!read.ok) {
    throw new ConveyorError("internal", `the bundled skill ${input.name} cannot be read`, {
      hint: "install Conveyor again",
      details: { name: input.name, source },
    });
  }
  return { name: input.name, for: input.for, version, source, markdown: skillTextFor(read.text, input.for, version) };
}
