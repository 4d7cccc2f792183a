import { lazyForm, OWN_FORMS, type SecretForm } from "./forms.ts";
import { LISTED_FORMS } from "./listed.ts";
import { prefixForms } from "./prefixes.ts";

interface KnownForms {
  /** In the order in which they are masked: those that know a token whole come before those that know its beginning. */
  forms: readonly SecretForm[];
  /** Finds keywords, of which none begins with another: looked for in one go, so that most texts cost one look. */
  keyword: RegExp;
  /** Places in `forms` by keyword in small letters: of its own forms, and of those whose keywords begin with it. */
  places: ReadonlyMap<string, readonly number[]>;
}

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
  const { forms, keyword, places } = known;
  keyword.lastIndex = 0;
  let found: Set<number> | undefined;
  for (let hit = keyword.exec(text); hit !== null; hit = keyword.exec(text)) {
    found ??= new Set();
    for (const place of places.get(hit[0].toLowerCase()) ?? []) found.add(place);
    // Another one may begin inside of this one.
    keyword.lastIndex = hit.index + 1;
  }
  if (found === undefined) return NONE;
  return [...found].sort((one, other) => one - other).map((place) => forms[place] as SecretForm);
}

function putTogether(): KnownForms {
  const listed = LISTED_FORMS.map(({ of, keywords, source, flags }) => lazyForm(of, keywords, source, flags));
  const forms = [...listed, ...OWN_FORMS, ...prefixForms()];
  const pairs = forms.flatMap(({ keywords }, place) =>
    keywords.map((keyword) => [keyword.toLowerCase(), place] as const),
  );
  const places = new Map<string, number[]>();
  let shortest: string | undefined;
  for (const [keyword, place] of pairs.sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (shortest === undefined || !keyword.startsWith(shortest)) shortest = keyword;
    const own = places.get(shortest);
    if (own === undefined) places.set(shortest, [place]);
    else own.push(place);
  }
  return { forms, keyword: new RegExp([...places.keys()].map(escaped).join("|"), "gi"), places };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
