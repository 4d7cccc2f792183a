import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HEADER, writeIfChanged } from "../files.ts";

const CONTRACTS = join(dirname(fileURLToPath(import.meta.url)), "../../packages/contracts/src");

/** The names of the areas: the folders of the contracts that say what they are, in an `area.ts`. */
export function declaredAreas(folder: string = CONTRACTS): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "area.ts")))
    .map(({ name }) => name)
    .sort();
}

/** Write the list of all areas, in the order that they give themselves. */
export function writeAreas(): void {
  const names = declaredAreas();
  const imports = names.map((name) => `import { area as ${name} } from "../${name}/area.ts";`);
  const entries = names.map((name) => `  { name: "${name}", ...${name} },`);
  writeIfChanged(
    join(CONTRACTS, "generated/areas.ts"),
    `${HEADER}${imports.join("\n")}

/** Every area of operations, in the order in which help and reference list them. */
export const areas = [
${entries.join("\n")}
].sort((a, b) => a.order - b.order);
`,
  );
}
