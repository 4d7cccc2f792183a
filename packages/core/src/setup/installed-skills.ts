import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { SkillPreflight } from "@conveyor/contracts";
import { readWhole } from "@conveyor/files";
import type { StartableAgent } from "@conveyor/host";

/** How deep below a plugin cache skills may lie: marketplace, plugin, version, `skills`, skill. */
const MOST_LEVELS = 5;
/** A home with more folders than this is not looked through to its end. */
const MOST_FOLDERS = 5_000;
const MOST_BYTES = 64 * 1024;

/** Which of these skills an agent's home has; looks, and changes nothing (spec 06 §6.8.1). */
export function skillPreflightOf(
  { launch }: StartableAgent,
  home: string,
  { required, optional }: { required: readonly string[]; optional: readonly string[] },
): SkillPreflight {
  const { skills, plugin_cache } = launch.extensionsIn(home);
  // The cache of one plugin lies two folders below that of all.
  const known = new Set([...skillNames(skills, 1), ...skillNames(join(plugin_cache, "..", ".."), MOST_LEVELS)]);
  const isMissing = (name: string) => !known.has(plainName(name));
  const missing_required = required.filter(isMissing);
  return {
    ok: missing_required.length === 0,
    checked_skills: [...required, ...optional],
    missing_required,
    missing_optional: optional.filter(isMissing),
  };
}

/** The name behind a namespace; what looks like a path is the name of nothing. */
function plainName(name: string): string {
  const plain = name.slice(name.lastIndexOf(":") + 1);
  return /[/\\]|^\.{1,2}$/.test(plain) ? "" : plain;
}

/** Names of the skills below a folder: the folders that hold a SKILL.md, and the names that these give themselves. */
function skillNames(root: string, levels: number): string[] {
  const found: string[] = [];
  let seen = 0;
  const look = (folder: string, left: number): void => {
    for (const name of skillFoldersIn(folder)) {
      seen += 1;
      if (seen > MOST_FOLDERS) return;
      const own = join(folder, name);
      const file = join(own, "SKILL.md");
      if (existsSync(file)) found.push(name, ...ownName(file));
      else if (left > 1) look(own, left - 1);
    }
  };
  look(root, levels);
  return found;
}

/** The name in a skill's front matter. */
function ownName(file: string): string[] {
  const read = readWhole(file, { most_bytes: MOST_BYTES });
  const front = read.ok ? read.text.match(/^---\r?\n([\s\S]*?)\r?\n---/)?.[1] : undefined;
  const name = front?.match(/^name:\s*["']?([^"'\r\n]+?)["']?\s*$/m)?.[1];
  return name === undefined ? [] : [name];
}

function skillFoldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
