import { OWN_FORMS, type SecretForm } from "./forms.ts";
import { LISTED_FORMS } from "./listed.ts";
import { prefixForms } from "./prefixes.ts";

interface KnownForms {
  /** In the order in which they are masked: those that know a token whole come before those that know its beginning. */
  forms: readonly SecretForm[];
  /** Finds keywords, of which none holds another: looked for in one go, so that most texts cost one look. */
  keyword: RegExp;
  /** Places in `forms` by keyword in small letters. */
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
  const listed = LISTED_FORMS.map(({ of, keywords, source, flags }) => {
    return { of, keywords, pattern: new RegExp(source, flags) };
  });
  const forms = [...listed, ...OWN_FORMS, ...prefixForms()];
  const all = [...new Set(forms.flatMap(({ keywords }) => keywords.map((keyword) => keyword.toLowerCase())))];
  const shortest = all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
  const holding = (text: string) =>
    forms.flatMap(({ keywords }, place) =>
      keywords.some((keyword) => keyword.toLowerCase().includes(text)) ? [place] : [],
    );
  return {
    forms,
    keyword: new RegExp(shortest.map(escaped).join("|"), "gi"),
    places: new Map(shortest.map((text) => [text, holding(text)])),
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
