/** A fenced block of a Markdown file. */
export interface Block {
  /** What stands after the opening fence, for instance `sh tour`. */
  info: string;
  text: string;
}

/** The fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info = "", text = ""]) => ({
    info: info.trim(),
    text,
  }));
}

/**
 * A line of shown output as a pattern: `…` stands for anything, and numbers, times and ids of another run are as good as
 * those shown.
 */
export function shownLine(line: string): RegExp {
  const pattern = line
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/…/g, ".*")
    .replace(/\d+/g, "\\d+")
    .replace(/ +/g, " +");
  return new RegExp(`^ *${pattern} *$`, "m");
}
