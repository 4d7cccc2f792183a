import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SkillAgent } from "@conveyor/contracts/system/words";
import { readWhole } from "@conveyor/files";

/** A skill is no longer than this. */
export const MOST_SKILL_BYTES = 1024 * 1024;
const FRONT_MATTER = /^---\n([\s\S]*?)\n---\n/;
/** A passage for one kind of agent only, on lines of its own. */
const PASSAGE = /^<!-- (codex|claude) -->\n([\s\S]*?)^<!-- \/\1 -->\n/gm;

/**
 * The text of a skill as an agent gets it: without what is for others, and with the version of the program that it was
 * written for (spec 06 §6.9). A text without front matter stays without a version. Pure.
 */
export function skillTextFor(source: string, agent: SkillAgent, version: string): string {
  const own = source.replaceAll(PASSAGE, (_all, whose: string, passage: string) => (whose === agent ? passage : ""));
  return own.replace(FRONT_MATTER, (_all, front: string) => `---\n${front}\nmetadata:\n  version: "${version}"\n---\n`);
}

/** Make the skill in a folder the text that this agent gets. */
export function finishSkill(folder: string, agent: SkillAgent, version: string): void {
  const file = join(folder, "SKILL.md");
  writeFileSync(file, skillTextFor(readFileSync(file, "utf8"), agent, version));
}

/** The version that the skill in a folder was installed from; null when it is not there or does not say. */
export function installedSkillVersion(folder: string): string | null {
  const read = readWhole(join(folder, "SKILL.md"), { most_bytes: MOST_SKILL_BYTES });
  const front = read.ok ? read.text.match(FRONT_MATTER)?.[1] : undefined;
  return front?.match(/^ {2}version: "([^"]*)"$/m)?.[1] ?? null;
}

/** When a skill is to be used, as its front matter says; empty when it does not. Pure. */
export function skillDescription(text: string): string {
  return text.match(FRONT_MATTER)?.[1]?.match(/^description: (.*)$/m)?.[1] ?? "";
}
