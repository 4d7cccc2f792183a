import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A place of the specification that a text cites, as in `spec 03 §6.11` or `spec 00, ruling 9`. */
export interface SpecReference {
  /** The file that cites, from the root of the repository. */
  file: string;
  line: number;
  /** Two digits. */
  chapter: string;
  /** As it is numbered in the chapter: `6.11`; null when the whole chapter or a named part is cited. */
  section: string | null;
  /** Number of an item of the section's list, of a ruling, or null. */
  item: number | null;
  /** Words of a heading, or of what stands in bold or italics; null when only numbers are given. */
  name: string | null;
}

/** A chapter of the specification: what can be cited of it. */
export interface Chapter {
  chapter: string;
  path: string;
  /** Text of each numbered section, its sub-sections included, by number. */
  sections: ReadonlyMap<string, string>;
  /** Numbers that two headings bear. */
  twice: readonly string[];
  text: string;
}

/** Where texts may cite the specification. */
const PLACES = ["packages", "apps", "e2e", "tools", "prisma", "bench"];
const SKIPPED = new Set(["node_modules", "dist", "generated", "assets"]);
const READ = /\.(?:c|m)?(?:ts|tsx|js)$|\.(?:prisma|sql|md|css|html|sh)$/;

/** The chapters in `docs/spec`, by number. */
export function chaptersIn(folder: string): Map<string, Chapter> {
  const files = readdirSync(folder).filter((name) => /^\d\d-.*\.md$/.test(name));
  return new Map(files.map((name) => [name.slice(0, 2), chapterOf(join(folder, name), name.slice(0, 2))]));
}

function chapterOf(path: string, chapter: string): Chapter {
  const text = readFileSync(path, "utf8");
  const headings = [...text.matchAll(/^(#{1,6}) (?:(\d+(?:\.\d+)*)\.? )?.*$/gm)];
  const sections = new Map<string, string>();
  const twice: string[] = [];
  for (const [index, { 1: marks = "", 2: number, index: start }] of headings.entries()) {
    if (number === undefined || marks === "#") continue;
    const next = headings.slice(index + 1).find(([, others = ""]) => others.length <= marks.length);
    if (sections.has(number)) twice.push(number);
    sections.set(number, text.slice(start, next?.index));
  }
  return { chapter, path, sections, twice, text };
}

/** Every reference to the specification in the sources below a root, in the order of files and lines. */
export function specReferences(root: string): SpecReference[] {
  return PLACES.flatMap((place) => [...filesBelow(join(root, place))].sort()).flatMap((path) =>
    referencesIn(path.slice(root.length + 1), readFileSync(path, "utf8")),
  );
}

/** The references of one text. Line breaks and the marks of comments between their words do not matter. */
export function referencesIn(file: string, text: string): SpecReference[] {
  const lines = text.split("\n");
  const starts: number[] = [];
  let joined = "";
  for (const line of lines) {
    starts.push(joined.length);
    joined += `${line.replace(/^\s*(?:\*(?!\/)|\/\/\/?|#|--)?\s*/, "")} `;
  }
  return [...joined.matchAll(/\bspec (\d\d)(?!\d)/gi)].flatMap((match) => {
    const line = starts.findLastIndex((start) => start <= match.index) + 1;
    return placesAfter(match[1] ?? "", joined.slice(match.index + match[0].length)).map((place) => ({
      file,
      line,
      ...place,
    }));
  });
}

type Place = Pick<SpecReference, "chapter" | "section" | "item" | "name">;

/** What may follow in a list of places; each takes up where the one before it ended. */
const STEPS: readonly [RegExp, (words: RegExpExecArray, last: Place) => Place][] = [
  [/^(?:[,;]| and| to)? ?§(\d+(?:\.\d+)*)/, ([, section = ""], { chapter }) => ({ ...NOWHERE, chapter, section })],
  [
    /^[,;](?: and)? (?:spec )?(\d\d) §(\d+(?:\.\d+)*)/,
    ([, chapter = "", section = ""]) => ({ ...NOWHERE, chapter, section }),
  ],
  [
    /^[,;] (?:spec )?(\d\d),? ruling (\d+)/,
    ([, chapter = "", item]) => ({ ...NOWHERE, chapter, name: "Rulings", item: Number(item) }),
  ],
  [/^,? ruling (\d+)/, ([, item], { chapter }) => ({ ...NOWHERE, chapter, name: "Rulings", item: Number(item) })],
  [/^,? items? (\d+)/, ([, item], last) => ({ ...last, item: Number(item) })],
  [/^(?:,| and) (\d+)(?![\d.])(?! §)/, ([, item], last) => ({ ...last, item: Number(item) })],
  [/^, "([^"]+)"/, ([, name = ""], { chapter, section }) => ({ ...NOWHERE, chapter, section, name })],
  [
    /^, ([A-Z][\w-]+(?: [a-z][\w-]*)*)(?=[),;.:])/,
    ([, name = ""], { chapter, section }) => ({ ...NOWHERE, chapter, section, name }),
  ],
];
const NOWHERE: Place = { chapter: "", section: null, item: null, name: null };

function placesAfter(chapter: string, text: string): Place[] {
  const places: Place[] = [];
  let last: Place = { ...NOWHERE, chapter };
  let rest = text;
  for (;;) {
    const found = STEPS.map(([pattern, place]) => [pattern.exec(rest), place] as const).find(
      ([words]) => words !== null,
    );
    if (found?.[0] == null) break;
    const [words, place] = found;
    // A bare number goes on a list of items; behind anything else it is no reference.
    if (/^(?:,| and) \d/.test(words[0]) && last.item === null && !words[0].includes("§")) break;
    const next = place(words, last);
    // An item or a name says more exactly where in the place before it.
    if (places.at(-1) === last && last.item === null && next.section === last.section && narrows(next, last))
      places.pop();
    last = next;
    places.push(last);
    rest = rest.slice(words[0].length);
  }
  return places.length > 0 ? places : [last];
}

const narrows = (next: Place, last: Place) =>
  next.chapter === last.chapter && last.name === null && (next.item !== null || next.name !== null);

/** Why a reference leads nowhere, or null when it leads somewhere. */
export function brokenBecause(reference: SpecReference, chapters: ReadonlyMap<string, Chapter>): string | null {
  const { chapter: number, section, item, name } = reference;
  const chapter = chapters.get(number);
  if (chapter === undefined) return `there is no chapter ${number}`;
  if (section !== null && !chapter.sections.has(section)) return `chapter ${number} has no section ${section}`;
  let text = section === null ? chapter.text : (chapter.sections.get(section) as string);
  if (name !== null) {
    const at = placeOf(name, text);
    if (at < 0)
      return `chapter ${number}${section === null ? "" : ` §${section}`} has no heading or bold words "${name}"`;
    text = text.slice(at);
  }
  if (item !== null && !new RegExp(`^\\s*(?:\\| )?${item}(?:\\.| \\|)`, "m").test(text))
    return `there is no item ${item} in ${number}${section === null ? `, ${name}` : ` §${section}`}`;
  return null;
}

/** Where a heading, words in bold or italics, or the first cell of a row begin with the name; -1 when nowhere. */
function placeOf(name: string, text: string): number {
  const words = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.search(
    new RegExp(`^#+ (?:[\\d.]+ )?[\`"]?${words}(?!\\w)|\\*[\`"]?${words}(?!\\w)|^\\| [\`]?${words}[\`]? \\|`, "im"),
  );
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (READ.test(entry.name)) yield path;
  }
}
