import { lazyForm, OWN_FORMS, type SecretForm } from "./forms.ts";
import { LISTED_FORMS } from "./listed.ts";
import { prefixForms } from "./prefixes.ts";

interface KnownForms {
  /** In the order in which they are masked: those that know a token whole come before those that know its beginning. */
  forms: readonly SecretForm[];
  /** All keywords, in small letters. */
  words: readonly string[];
  /** Keywords by their first two characters, so that a text costs one look; made when it pays off. */
  starts: (readonly string[] | undefined)[] | undefined;
  /** Characters that were looked through before the table was made. */
  looked: number;
  /** Places in `forms` by keyword in small letters, as they were asked for. */
  places: Map<string, readonly number[]>;
}

/** So many characters cost less when one keyword is looked for after the other than a table of them all costs to make. */
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

/** Whether so little was looked through until now that a table would not have paid off. */
function isOneOfFew(of: KnownForms, text: string): boolean {
  if (of.starts !== undefined) return false;
  of.looked += text.length + AT_LEAST;
  return of.looked <= FEW;
}

/**
 * Every place of the text is looked up in a table by the two characters that stand there; only where a keyword begins so
 * are keywords compared. That is several times quicker than a pattern of them all.
 */
function wordsWithin(of: KnownForms, small: string): readonly string[] {
  of.starts ??= startsOf(of.words);
  const { starts } = of;
  const hits = new Set<string>();
  const { length } = small;
  let code = length === 0 ? 0 : small.charCodeAt(0);
  for (let at = 0; at < length; at += 1) {
    const next = at + 1 < length ? small.charCodeAt(at + 1) : 0;
    // All keywords are plain letters, so with a character beyond them nothing begins, but what is of one character.
    const words = code < CODES ? starts[code * CODES + (next < CODES ? next : 0)] : undefined;
    if (words !== undefined) for (const word of words) if (small.startsWith(word, at)) hits.add(word);
    code = next;
  }
  return [...hits];
}

/** As many characters there are from which keywords are made. */
const CODES = 128;

/** The keywords by their first two characters; one of a single character stands at all places of its first. */
function startsOf(words: readonly string[]): (readonly string[] | undefined)[] {
  const starts: (string[] | undefined)[] = new Array(CODES * CODES).fill(undefined);
  for (const word of words) {
    const first = word.charCodeAt(0) * CODES;
    const [from, to] = word.length === 1 ? [0, CODES - 1] : [word.charCodeAt(1), word.charCodeAt(1)];
    for (let second = from; second <= to; second += 1) {
      const known = starts[first + second];
      if (known === undefined) starts[first + second] = [word];
      else known.push(word);
    }
  }
  return starts;
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
  return { forms, words, starts: undefined, looked: 0, places: new Map() };
}
