import { presents } from "../presentation.ts";

/** What a shell reads as one plain word: it expands what stands in a list of words, and names come from anywhere. */
const PLAIN_WORD = /^[A-Za-z0-9_][A-Za-z0-9_.:@+-]*$/;

/** `names`: one per line, only those that a shell takes without quotes (spec 10.2). */
export const names = presents("everyday.names", {
  text: (all) =>
    all
      .filter((name) => PLAIN_WORD.test(name))
      .map((name) => `${name}\n`)
      .join(""),
});
