const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  $: "\\$",
  // At the beginning of a word it stands for the home folder, within quotes too.
  "~": "\\176",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * `word` as one argument of a tmux configuration line. A raw newline inside quotes would make tmux drop the blanks and
 * comments that follow it, so every control character is written as an escape. `word` must not contain NUL.
 */
export function quoteForTmux(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  const escaped = word.replace(/[\\"$~\u0000-\u001f\u007f]/g, (character) => {
    return ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  return `"${escaped}"`;
}

/** One line of tmux configuration that runs this command with exactly these arguments. */
export function configurationLine(words: readonly string[]): string {
  return `${words.map(quoteForTmux).join(" ")}\n`;
}
