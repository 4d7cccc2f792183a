import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HEADER, writeIfChanged } from "../files.ts";
import { writeAreas } from "./areas.ts";

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), "../../packages");
const CONTRACTS = join(PACKAGES, "contracts/src");
const DECLARATION = /^export const (\w+) = operation\(\{\s*path: "(\w+)\.(\w+)"/gm;

/** An operation as its file declares it: `file` is its module below the contracts, without the ending. */
export interface Declared {
  area: string;
  name: string;
  file: string;
}

/**
 * Every operation that a file of the contracts declares, by area, file and place in it. Throws when a path does not say
 * the folder, or the exported name differs from the path: what is where must be plain from its path (docs/architecture.md).
 */
export function declaredOperations(folder: string = CONTRACTS): Declared[] {
  const areas = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return areas.flatMap(({ name: area }) => operationsOf(folder, area)).sort((a, b) => a.area.localeCompare(b.area));
}

function operationsOf(folder: string, area: string): Declared[] {
  const files = readdirSync(join(folder, area)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return files.sort().flatMap((name) => {
    const text = readFileSync(join(folder, area, name), "utf8");
    const file = `${area}/${name.slice(0, -".ts".length)}`;
    return [...text.matchAll(DECLARATION)].map(([, exported, saysArea, saysName]) => {
      if (exported !== saysName || saysArea !== area) {
        throw new Error(
          `${file}.ts exports ${exported} as the operation ${saysArea}.${saysName}; path, folder and name must agree`,
        );
      }
      return { area, name: exported as string, file };
    });
  });
}

/**
 * Write the registry of all operations, the list of areas and that of their routers, which are imports, from the files that
 * declare them.
 */
export function writeRegistry(): Declared[] {
  writeAreas();
  const declared = declaredOperations();
  const files = [...new Set(declared.map(({ file }) => file))];
  const alias = (file: string) => file.replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());
  const imports = files.map((file) => `import * as ${alias(file)} from "../${file}.ts";`);
  const areas = [...new Set(declared.map(({ area }) => area))].map((area) => {
    const own = declared.filter((operation) => operation.area === area);
    return `  ${area}: {\n${own.map(({ name, file }) => `    ${name}: ${alias(file)}.${name},`).join("\n")}\n  },`;
  });
  writeIfChanged(
    join(CONTRACTS, "generated/registry.ts"),
    `${HEADER}${imports.join("\n")}

/** Every operation of Conveyor, by area and name. */
export const operations = {
${areas.join("\n")}
} as const;
`,
  );
  writeRouters([...new Set(declared.map(({ area }) => area))]);
  return declared;
}

function writeRouters(areas: readonly string[]): void {
  const rows = areas.map((area) => `  ${area}: lazy(() => import("../${area}.ts").then((own) => own.${area}Router)),`);
  writeIfChanged(
    join(PACKAGES, "router/src/generated/areas.ts"),
    `${HEADER}import { lazy } from "@trpc/server";

/** The router of every area, loaded when one of its procedures is first called. */
export const areas = {
${rows.join("\n")}
};
`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeRegistry();
