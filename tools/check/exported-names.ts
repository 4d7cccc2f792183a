import { readFileSync } from "node:fs";

const DEFINED =
  /^export +(?:declare +)?(?:abstract +)?(?:async +)?(?:const +enum|function\*?|const|let|class|interface|type|enum) +([A-Za-z_$][\w$]*)/gm;
const LISTED = /^export +(?:type +)?\{([^}]*)\}( *from)?/gm;
const IMPORTED = /^import +(?:type +)?([^"']*?) +from +["']/gm;

/**
 * The names that a module exports and gives their meaning: what it defines, and what it hands on under another name. What it
 * hands on as it is counts as the other module's.
 */
export function definedNames(text: string): string[] {
  const imported = new Set([...text.matchAll(IMPORTED)].flatMap(([, names = ""]) => names.match(/[\w$]+/g) ?? []));
  const given = [...text.matchAll(LISTED)].flatMap(([, names = "", from]) =>
    names
      .split(",")
      .map((part) => part.trim().replace(/^type +/, ""))
      .filter((part) => part !== "")
      .map((part) => part.split(/ +as +/))
      .filter(([name = "", alias]) => alias !== undefined || (from === undefined && !imported.has(name)))
      .map((pair) => pair.at(-1) as string),
  );
  return [...[...text.matchAll(DEFINED)].map(([, name]) => name as string), ...given];
}

/** Which of these files define a name, by name; only names that more than one of them defines. */
export function definedTwice(
  files: readonly string[],
  isExempt: (name: string, file: string) => boolean,
): Record<string, string[]> {
  const places = new Map<string, string[]>();
  for (const file of files) {
    for (const name of new Set(definedNames(readFileSync(file, "utf8")))) {
      if (!isExempt(name, file)) places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  return Object.fromEntries([...places].filter(([, defined]) => defined.length > 1));
}
