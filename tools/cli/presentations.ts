import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "../../apps/cli/src");
const DECLARATION = /^export const (\w+) = presents\(\s*"(\w+)\.(\w+)"/gm;

/** Where the command line says something about an operation in words of its own. */
export interface Presented {
  path: string;
  /** The last word of the path, by which the module exports it. */
  name: string;
  /** The module below the command line's sources, without the ending. */
  file: string;
}

/**
 * What the folders of these areas add to operations, in the order of the files. Throws when folder, path and name do not
 * agree, when an operation is presented twice or does not exist, and when a file presents nothing: what several operations
 * print alike belongs into `print/` or a folder of its own.
 */
export function presentedOperations(paths: ReadonlySet<string>, folder: string = SOURCES): Presented[] {
  const areas = [...new Set([...paths].map((path) => path.split(".", 1)[0] as string))].sort();
  const presented = areas.flatMap((area) => inArea(folder, area));
  const seen = new Map<string, string>();
  for (const { path, file } of presented) {
    if (!paths.has(path)) throw new Error(`${file}.ts presents ${path}, which no contract declares`);
    if (seen.has(path)) throw new Error(`${path} is presented by ${seen.get(path)}.ts and by ${file}.ts`);
    seen.set(path, file);
  }
  return presented;
}

function inArea(folder: string, area: string): Presented[] {
  if (!existsSync(join(folder, area))) return [];
  const files = readdirSync(join(folder, area)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return files.sort().flatMap((own) => {
    const file = `${area}/${own.slice(0, -".ts".length)}`;
    const found = [...readFileSync(join(folder, area, own), "utf8").matchAll(DECLARATION)];
    if (found.length === 0) throw new Error(`${file}.ts presents no operation`);
    return found.map(([, name = "", saysArea, saysName]) => {
      const path = `${saysArea}.${saysName}`;
      if (name === saysName && area === saysArea) return { path, name, file };
      throw new Error(`${file}.ts exports ${name} for ${path}; folder, name and path must agree`);
    });
  });
}
