/** A text of a record on one line of Markdown, in which nothing of it is markup: no link, picture, heading or HTML. Pure. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#|~!]/g, "\\$&");
}
