import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Declared } from "../contracts/registry.ts";

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
 * What the command line adds to these operations, in the order of the files. Throws when one is presented twice, under
 * another name or in a file that is not called as that of its contract, and when a file presents nothing: what several
 * operations print alike belongs into `print/` or a folder of its own.
 */
export function presentedOperations(declared: readonly Declared[], folder: string = SOURCES): Presented[] {
  const files = new Map(declared.map(({ area, name, file }) => [`${area}.${name}`, file]));
  const areas = [...new Set(declared.map(({ area }) => area))].sort();
  const presented = areas.flatMap((area) => inArea(folder, area));
  const seen = new Set<string>();
  for (const { path, file } of presented) {
    const declaring = files.get(path);
    if (declaring === undefined) throw new Error(`${file}.ts presents ${path}, which no contract declares`);
    if (declaring !== file) throw new Error(`${file}.ts presents ${path}, whose contract is in ${declaring}.ts`);
    if (seen.has(path)) throw new Error(`${file}.ts presents ${path} twice`);
    seen.add(path);
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
