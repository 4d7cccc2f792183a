/** Events that match one of the alternatives of a search. */
interface Alternative {
  /** The words as an expression of the full-text index; null without any. */
  matches: string | null;
  /** Columns that must have exactly this value. */
  fields: [column: string, value: string][];
}

/** What may stand before a colon, and the column that it means. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ["actor", "actor"],
  ["type", "event_type"],
  ["event_type", "event_type"],
  ["severity", "severity"],
]);
/** Alternatives beyond these are no search any more; their words are looked for in the last one. */
const MOST_ALTERNATIVES = 10;

/**
 * Read a search: words that must all be there, `begin*` for words that begin so, `OR` between alternatives, `actor:`, `type:`
 * and `severity:` before a value (spec 07 §7.10.5, Search, §7.13 item 5). Anything else is a word, whatever it means to
 * SQLite. A word of punctuation only is no token: the index knows nothing to look up for it, and would match nothing.
 */
function alternativesOf(search: string): Alternative[] {
  // To SQLite an expression ends at a NUL, to us a word does.
  const tokens = search.replaceAll("\0", " ").split(/\s+/);
  const groups: string[][] = [[]];
  for (const token of tokens) {
    if (token === "OR" && groups.length < MOST_ALTERNATIVES) groups.push([]);
    else groups.at(-1)?.push(token);
  }
  return groups
    .map((words) => {
      const fields: Alternative["fields"] = [];
      const phrases: string[] = [];
      for (const word of words) {
        const [, name = "", value = ""] = /^(\w+):(.+)$/.exec(word) ?? [];
        const column = FIELDS.get(name.toLowerCase());
        if (column !== undefined) fields.push([column, value]);
        else if (/[\p{L}\p{N}]/u.test(word)) phrases.push(phraseOf(word));
      }
      return { matches: phrases.length === 0 ? null : phrases.join(" AND "), fields };
    })
    .filter(({ matches, fields }) => matches !== null || fields.length > 0);
}

/** A word as a phrase in quotes, within which nothing has a meaning; a star behind it makes it a beginning. */
function phraseOf(word: string): string {
  const begins = word.endsWith("*");
  const phrase = `"${word.replace(/\*+$/, "").replaceAll('"', '""')}"`;
  return begins ? `${phrase}*` : phrase;
}

const inText = (matches: string) => `{summary attributes} : (${matches})`;

/** A search as a condition on `telemetry_events`. Also an event of exactly this type matches. */
export function searchCondition(search: string, hasAfter: boolean): { sql: string; bound: Record<string, unknown> } {
  const bound: Record<string, unknown> = { search: search.trim() };
  const range = hasAfter ? " AND rowid > @after" : "";
  const arms = alternativesOf(search).map(({ matches, fields }, at) => {
    const parts = fields.map(([column, value], i) => {
      bound[`field_${at}_${i}`] = value;
      return `${column} = @field_${at}_${i}`;
    });
    if (matches !== null) {
      bound[`matches_${at}`] = inText(matches);
      parts.push(
        `seq IN (SELECT rowid FROM telemetry_events_fts WHERE telemetry_events_fts MATCH @matches_${at}${range})`,
      );
    }
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" AND ")})`;
  });
  const sql = ["event_type = @search", ...arms].join(" OR ");
  return { sql: arms.length === 0 ? sql : `(${sql})`, bound };
}

/** What an event has to do with a search, for ordering by it; null when the search has no words. */
export function rankedMatches(search: string): string | null {
  const words = alternativesOf(search).flatMap(({ matches }) => (matches === null ? [] : [`(${matches})`]));
  return words.length === 0 ? null : inText(words.join(" OR "));
}
