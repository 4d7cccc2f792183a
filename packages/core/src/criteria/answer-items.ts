/** Where a worker put something: what must hold now, or what can follow later. */
export type Section = "accepted" | "deferred";

/** One thing that a worker named. */
export interface AnswerItem {
  section: Section;
  text: string;
}

export interface ReadAnswer {
  items: AnswerItem[];
  /** Whether the answer has a heading that says which of the two follows. */
  has_heading: boolean;
}

const LIST_ITEM = /^\s*(?:[-*+]|\d+[.)]|\[[ xX]\])\s+(.+?)\s*$/;
const CHECKBOX = /^\[[ xX]\]\s+/;
const LATER = /\b(?:follow[- ]?ups?|deferred)\b/i;
const NOW = /\b(?:must[- ]?haves?|current[- ]?task|accepted)\b/i;
/** A list item that is nothing but the beginning of a group, as in `- Must-have now:`. */
const GROUP_ITEM =
  /^[*_]{0,2}(?:follow[- ]?ups?|deferred|must[- ]?haves?|current[- ]?task|accepted)(?: (?:now|later|criteria|items|work))*[*_]{0,2}:[*_]{0,2}$/i;
/** A sentence with more words tells of something and opens no section. */
const HEADING_WORDS = 8;
const NOTHING = /^(?:n\/a|na|none|nothing|no follow[- ]?ups?|no deferred(?: criteria)?)$/i;

/**
 * What a worker's answer names under its headings, line by line (spec 04 §4.6). Of a line that speaks of both, what can
 * follow later wins. Pure.
 */
export function readAnswer(answer: string): ReadAnswer {
  const found: AnswerItem[] = [];
  let section: Section | null = null;
  let open: AnswerItem | null = null;
  let has_heading = false;
  const begin = (own: Section) => {
    section = own;
    open = null;
    has_heading = true;
  };
  for (const line of answer.split(/\r?\n/)) {
    const item = LIST_ITEM.exec(line)?.[1]?.replace(CHECKBOX, "");
    const group = item !== undefined && GROUP_ITEM.test(item) ? headingOf(item) : null;
    if (line.trim() === "") open = null;
    else if (group !== null) begin(group);
    else if (item !== undefined && section !== null) {
      open = { section, text: item };
      found.push(open);
    } else if (open !== null && /^\s+\S/.test(line)) {
      (open as AnswerItem).text += ` ${line.trim()}`;
    } else {
      const heading = isHeadingLine(line) ? headingOf(line) : null;
      open = null;
      if (heading !== null) begin(heading);
    }
  }
  const items = found.map(({ section: own, text }) => ({ section: own, text: tidied(text) }));
  return { items: items.filter(({ text }) => text !== "" && !NOTHING.test(text.replace(/\.$/, ""))), has_heading };
}

function isHeadingLine(line: string): boolean {
  const text = line.trim();
  return (
    text.startsWith("#") ||
    text.endsWith(":") ||
    /^\*\*[^*]+\*\*:?$/.test(text) ||
    text.split(/\s+/).length <= HEADING_WORDS
  );
}

function headingOf(line: string): Section | null {
  const text = line.trim().replace(/^#+/, "").replace(/:$/, "");
  if (LATER.test(text)) return "deferred";
  return NOW.test(text) ? "accepted" : null;
}

/** On one line, without backticks around the whole. */
function tidied(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return (/^`([^`]+)`$/.exec(line)?.[1] ?? line).trim();
}
