import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const PAGES = [
  ...["README.md", "CONTRIBUTING.md", "AGENTS.md", "CHANGELOG.md", "SECURITY.md"],
  ...globSync("docs/**/*.md", { cwd: root, exclude: (path) => path.includes("node_modules") }),
  "e2e/attacks/README.md",
];

const textOf = (page: string) => readFileSync(join(root, page), "utf8");

/** The page without what only looks like a link: blocks and spans of code. */
function prose(text: string): string {
  return text
    .replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, "")
    .replace(/(`+)[^`\n]+\1(?!`)/g, (code) => code.replace(/[[\]()]/g, ""));
}

/** Where the links and pictures of a page lead, in Markdown and in HTML. */
function targetsIn(text: string): string[] {
  const markdown = [...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  const html = [...prose(text).matchAll(/(?:href|src)="([^"]+)"/g)];
  return [...markdown, ...references, ...html].map(([, target]) => target as string);
}

/** The names by which a page's headings can be linked to, as code hosts make them; a repeated one gets a number. */
function anchorsIn(text: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name]) => name as string));
  const bare = text.replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, "");
  for (const [, heading] of bare.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const words = (heading as string).replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

const isRelative = (target: string) => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target);

/** What is wrong with a link of a page; undefined when it leads somewhere. */
function troubleWith(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#", 2);
  const file = path === "" ? page : relative(root, join(root, dirname(page), decodeURIComponent(path)));
  if (path.startsWith("/") || file.startsWith("..")) return "leads out of the repository";
  const found = statSync(join(root, file), { throwIfNoEntry: false });
  if (found === undefined) return "leads to nothing";
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchorsIn(textOf(file)).has(anchor) ? undefined : `has no heading #${anchor}`;
}

function brokenIn(page: string): string[] {
  return targetsIn(textOf(page))
    .filter(isRelative)
    .flatMap((target) => {
      const trouble = troubleWith(page, target);
      return trouble === undefined ? [] : [`${target} ${trouble}`];
    });
}

describe("links", () => {
  it.each(PAGES)("of %s lead to files and headings that exist", (page) => {
    expect(brokenIn(page)).toEqual([]);
  });

  it("are found in words and pictures, and not in code", () => {
    const text =
      '[a](x.md) ![b](y.png) [c](z.md#d "title")\n[e]: w.md\n`[f](no)`\n```md\n[g](no)\n```\n<img src="v.png">';
    expect(targetsIn(text).sort()).toEqual(["v.png", "w.md", "x.md", "y.png", "z.md#d"]);
  });

  it("are told when they lead nowhere", () => {
    expect(troubleWith("docs/README.md", "nowhere.md")).toBe("leads to nothing");
    expect(troubleWith("docs/README.md", "../README.md#no-such-heading")).toBe("has no heading #no-such-heading");
    expect(troubleWith("docs/README.md", "../../elsewhere")).toBe("leads out of the repository");
  });

  it("reach headings by the names that code hosts give them", () => {
    const names = anchorsIn("# `a-b` and C, d!\n## Twice\n## Twice\n```\n# no heading\n```\n## [Linked](x.md)");
    expect([...names]).toEqual(["a-b-and-c-d", "twice", "twice-1", "linked"]);
  });
});

describe("the index", () => {
  it.each(["docs", "docs/decisions"])("of %s names every page in it", (folder) => {
    const index = `${folder}/README.md`;
    const named = new Set(targetsIn(textOf(index)).map((target) => target.split("#", 1)[0]));
    const pages = globSync("*.md", { cwd: join(root, folder) });
    expect(pages.length).toBeGreaterThan(4);
    expect(pages.filter((page) => page !== "README.md" && !named.has(page))).toEqual([]);
  });
});

describe("the table of changes in CONTRIBUTING", () => {
  const section =
    textOf("CONTRIBUTING.md")
      .split(/^## /m)
      .find((text) => text.startsWith("To change X")) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));

  it("has a row per change", () => {
    expect(rows.length).toBeGreaterThanOrEqual(12);
  });

  it("names files that exist (`<…>` stands for a name)", () => {
    const paths = rows.flatMap((row) =>
      [...row.matchAll(/`([\w.<>/-]+\/[\w.<>/-]*)`/g)].map(([, path]) => path as string),
    );
    expect(paths.length).toBeGreaterThan(40);
    const missing = paths.filter((path) => globSync(path.replace(/<[^>]+>/g, "*"), { cwd: root }).length === 0);
    expect(missing).toEqual([]);
  });

  it("names in each row a test or a check that fails until the change is whole", () => {
    for (const row of rows) expect(row.split("|").at(-2), row).toMatch(/\.test\.ts`|`pnpm \w+/);
  });
});
