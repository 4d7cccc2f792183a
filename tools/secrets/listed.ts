import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { ListedForm } from "../../packages/store/src/secrets/listed.ts";
import { literalsOf } from "./literals.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FILE = join(ROOT, "packages/store/src/secrets/listed.ts");
const LICENCE = join(ROOT, "packages/store/src/secrets/listed.LICENSE");
const PRESET = "@secretlint/secretlint-rule-preset-recommend";

/** Rules without a pattern of their own: a directive in comments, and key files, whose key `forms.ts` knows. */
const WITHOUT_PATTERN: ReadonlySet<string> = new Set(["filter-comments", "gcp"]);
/** Some rules look at one kind of file only; which forms a line of `.npmrc` has is in `forms.ts` more narrowly. */
const FILES = [
  { filePath: "notes.txt", ext: ".txt" },
  { filePath: "package.json", ext: ".json" },
];

/** As much of a rule as is needed to ask it what it looks for. */
interface Rule {
  meta: { id: string };
  create(context: object, options: object): { file(source: object): unknown };
}

/**
 * The patterns that the rules of secretlint's recommended preset look for, as plain data. Each rule is run on a text that
 * writes down what it is searched for. Throws when a rule looks for nothing, or for something without a first look.
 */
export function listedForms(): ListedForm[] {
  const forms: ListedForm[] = [];
  for (const rule of rules as unknown as Rule[]) {
    const of = rule.meta.id.replace(/^.*secretlint-rule-/, "");
    if (WITHOUT_PATTERN.has(of)) continue;
    const patterns = patternsOf(rule);
    if (patterns.length === 0) throw new Error(`the rule ${of} looks for nothing that could be taken over`);
    for (const { source, flags } of patterns) {
      const keywords = literalsOf(source, flags);
      if (keywords === undefined) throw new Error(`the pattern of ${of} holds no fixed text: ${source}`);
      forms.push({ of, keywords, source: withValue(source, flags), flags });
    }
  }
  return forms;
}

function patternsOf(rule: Rule): RegExp[] {
  const found = new Map<string, RegExp>();
  const content = {
    matchAll(pattern: RegExp) {
      found.set(String(pattern), pattern);
      return [];
    },
  };
  const own = rule.create({ createTranslator: () => () => "", report() {}, ignore() {} }, {});
  for (const file of FILES) own.file({ content, contentType: "text", ...file });
  return [...found.values()];
}

/** The group of a password is the part that is masked; other groups need no name. */
function withValue(source: string, flags: string): string {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes("u") });
  const groups = groupsIn(pattern).sort((one, other) => other.start - one.start);
  return groups.reduce((text, { start, name }) => {
    const opening = name === "password" ? "(?<value>" : "(?:";
    return text.slice(0, start) + opening + text.slice(start + (name === null ? 1 : `(?<${name}>`.length));
  }, source);
}

function groupsIn(node: AST.Node): AST.CapturingGroup[] {
  if (node.type === "Quantifier") return groupsIn(node.element);
  const below = "alternatives" in node ? node.alternatives : "elements" in node ? node.elements : [];
  const own = node.type === "CapturingGroup" ? [node] : [];
  return [...own, ...(below as readonly AST.Node[]).flatMap(groupsIn)];
}

function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve(`${PRESET}/package.json`));
}

function moduleText(forms: readonly ListedForm[]): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string };
  const rows = forms.map((form) => `  ${JSON.stringify(form)},`).join("\n");
  return `// Made by tools/secrets/listed.ts (\`pnpm run secrets\`). Do not edit: forms of our own are in forms.ts.

/** A form of credential as plain data: nothing is compiled before a text is looked at. */
export interface ListedForm {
  /** The rule that it is from. */
  of: string;
  /** Every match holds one of these. */
  keywords: readonly string[];
  /** What \`value\` names in the pattern is masked; without that group the whole match is. */
  source: string;
  flags: string;
}

/**
 * What the rules of ${PRESET} ${version} look for
 * (MIT licence: see listed.LICENSE). To renew it, update that package and \`pnpm run secrets\`.
 */
export const LISTED_FORMS: readonly ListedForm[] = [
${rows}
];
`;
}

/** Write the list anew from the package that is installed, and its licence beside it. */
function writeListed(): void {
  writeFileSync(FILE, moduleText(listedForms()));
  copyFileSync(join(packageFolder(), "LICENSE"), LICENCE);
  const formatted = spawnSync(join(ROOT, "node_modules/.bin/biome"), ["format", "--write", FILE], { stdio: "inherit" });
  if (formatted.status !== 0) throw new Error("biome could not format the list");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) writeListed();
