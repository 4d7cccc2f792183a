import { lazyForm, OWN_FORMS, type SecretForm } from "./forms.ts";
import { LISTED_FORMS } from "./listed.ts";
import { prefixForms } from "./prefixes.ts";

interface KnownForms {
  /** In the order in which they are masked: those that know a token whole come before those that know its beginning. */
  forms: readonly SecretForm[];
  /** All keywords, in small letters. */
  words: readonly string[];
  /**
   * Finds keywords in one go, so that a text costs one look; made when it pays off. Where several begin at one place the
   * shortest is found, for which the forms of all that hold it count.
   */
  keyword: RegExp | undefined;
  /** Characters that were looked through before the pattern was made. */
  looked: number;
  /** Places in `forms` by keyword in small letters, as they were asked for. */
  places: Map<string, readonly number[]>;
}

/** So many characters cost less when one keyword is looked for after the other than a pattern of them all costs to make. */
const FEW = 4_000;
/** Characters that a text counts for beside its own: what it costs to look for anything in it. */
const AT_LEAST = 20;
const NONE: readonly SecretForm[] = [];
let known: KnownForms | undefined;

/** Every form of credential that is known. Put together when it is asked for, so that what masks nothing pays nothing. */
export function allForms(): readonly SecretForm[] {
  known ??= putTogether();
  return known.forms;
}

/** The forms of which a text holds a keyword, in the order in which they are masked. */
export function formsWithin(text: string): readonly SecretForm[] {
  known ??= putTogether();
  const small = text.toLowerCase();
  const { forms } = known;
  const hits = isOneOfFew(known, small)
    ? known.words.filter((word) => small.includes(word))
    : wordsWithin(known, small);
  if (hits.length === 0) return NONE;
  const found = new Set<number>();
  for (const word of hits) for (const place of placesOf(known, word)) found.add(place);
  return [...found].sort((one, other) => one - other).map((place) => forms[place] as SecretForm);
}

/** Whether so little was looked through until now that a pattern would not have paid off. */
function isOneOfFew(of: KnownForms, text: string): boolean {
  if (of.keyword !== undefined) return false;
  of.looked += text.length + AT_LEAST;
  return of.looked <= FEW;
}

function wordsWithin(of: KnownForms, small: string): readonly string[] {
  of.keyword ??= new RegExp([...of.words].sort(shorterFirst).map(escaped).join("|"), "g");
  const { keyword } = of;
  const hits = new Set<string>();
  keyword.lastIndex = 0;
  for (let hit = keyword.exec(small); hit !== null; hit = keyword.exec(small)) {
    hits.add(hit[0]);
    // Another one may begin inside of this one.
    keyword.lastIndex = hit.index + 1;
  }
  return [...hits];
}

function shorterFirst(one: string, other: string): number {
  return one.length - other.length;
}

function placesOf({ forms, places }: KnownForms, word: string): readonly number[] {
  const asked = places.get(word);
  if (asked !== undefined) return asked;
  const own = forms.flatMap(({ keywords }, place) =>
    keywords.some((keyword) => keyword.toLowerCase().includes(word)) ? [place] : [],
  );
  places.set(word, own);
  return own;
}

function putTogether(): KnownForms {
  const listed = LISTED_FORMS.map(({ of, keywords, source, flags }) => lazyForm(of, keywords, source, flags));
  const forms = [...listed, ...OWN_FORMS, ...prefixForms()];
  const words = [...new Set(forms.flatMap(({ keywords }) => keywords.map((keyword) => keyword.toLowerCase())))];
  return { forms, words, keyword: undefined, looked: 0, places: new Map() };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
