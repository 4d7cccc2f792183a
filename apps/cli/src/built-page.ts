import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The built web client of the program that this module was bundled into; undefined when it runs from the sources. A
 * bundler may put a module into the entry or into a chunk beside it, so the entry is looked for instead of counting on a
 * place: the page lies beside it.
 */
export function builtPage(from: string = import.meta.dirname): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const page = join(folder, "web");
    if (existsSync(join(folder, "main.js")) && existsSync(join(page, "index.html"))) return page;
    if (folder === dirname(folder)) return undefined;
  }
}
