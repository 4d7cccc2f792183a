/** Whose words a text for an agent is. */
export type Author =
  /** A person who types through us: the text arrives exactly. */
  | { kind: "operator" }
  /** Worded by this program. */
  | { kind: "conveyor" }
  /** Another session, by the item that its words came with when they were queued. */
  | { kind: "session"; name: string; role: string; item_id: number | null }
  /** Some agent that we do not know. */
  | { kind: "agent" };

/** What can make a name act: control and formatting characters, and the brackets and commas that end it. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}[\],]/gu;
const LONGEST_NAME = 200;

/**
 * A text as its author may put it before an agent: what comes from another session, or from ourselves, says so in its first
 * line, so that no agent takes it for its user's words (ruling 1 of spec 00). `text` is cleaned already. Pure.
 */
export function attributed(author: Author, text: string): string {
  const line = firstLine(author);
  return line === null ? text : `${line}\n${text}`;
}

function firstLine(author: Author): string | null {
  switch (author.kind) {
    case "operator":
      return null;
    case "conveyor":
      return "[conveyor]";
    case "agent":
      return "[from an agent]";
    case "session": {
      const item = author.item_id === null ? "" : `, item #${author.item_id}`;
      return `[from ${inert(author.name)} (${inert(author.role)})${item}]`;
    }
    default:
      return author satisfies never;
  }
}

function inert(name: string): string {
  return name.replace(ACTIVE, "?").slice(0, LONGEST_NAME);
}
