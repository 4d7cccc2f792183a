const UUID_LENGTH = 36;
/** Characters of the UUID that are shown at least: of numerous ids the first say the minute only. */
const SHOWN = 13;

/**
 * Ids as people read and type them: their beginning, long enough to tell those of one list apart. Unique prefixes are
 * accepted wherever an id is (spec 00, Flags). What does not end in a UUID stays whole.
 */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const distinct = [...new Set(ids)];
  const short = (id: string, shown: number) =>
    /[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? id.slice(0, id.length - UUID_LENGTH + shown) : id;
  let shown = SHOWN;
  while (shown < UUID_LENGTH && new Set(distinct.map((id) => short(id, shown))).size < distinct.length) shown += 1;
  return new Map(distinct.map((id) => [id, short(id, shown)]));
}
