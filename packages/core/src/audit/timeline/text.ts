/** Longest summary of an entry, in characters, unless an entry says otherwise (spec 07 §7.10.2, Shortening). */
const SHORT = 220;

/** One line of at most `limit` characters, cut between code points. */
export function shorten(text: unknown, limit = SHORT): string {
  const line = String(text ?? "")
    .replace(/\s+/g, " ")
    .trim();
  const points = [...line];
  return points.length <= limit
    ? line
    : `${points
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}...`;
}

/** The lines of a captured screen that tell most: what the agent did and was told, else simply the last ones. */
export function captureExcerpt(content: string): string {
  const lines = content
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-12);
  const telling = lines.filter((line) => /^(•|›|>|Ran |Edited |Added |Built |Task is complete)/.test(line));
  return shorten((telling.length > 0 ? telling : lines.slice(-4)).join(" / "), 320);
}
