/**
 * What no reader sees: zero-width and filler characters, joiners, variation selectors, marks of writing direction, soft
 * hyphens, byte-order marks, and halves of characters.
 */
export const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\u2800]/u;

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Every blank but the one of the space bar. */
const ODD_BLANK = /[^\P{Zs} ]/u;
const LATIN = /\p{Script=Latin}/u;
/** Scripts whose letters pass for Latin ones. */
const LATIN_LOOKALIKE =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;

/**
 * What is wrong with a name, or null (spec 00, ruling 10; 01 §4.7). Two names that cannot be told apart by looking must
 * not be two things: so nothing invisible, no blanks at the ends, and no word that mixes Latin with letters that pass for
 * Latin ones. A name wholly in another script is a name. Pure.
 */
export function nameProblem(name: string): string | null {
  if (CONTROL.test(name)) return "must not contain line breaks or control characters";
  if (INVISIBLE.test(name)) return "must not contain invisible characters";
  if (ODD_BLANK.test(name)) return "must not contain blanks other than the ordinary one";
  if (name.trim() === "") return "must not be blank";
  if (name !== name.trim()) return "must not begin or end with a blank";
  const mixed = name.match(/[\p{L}\p{M}]+/gu)?.find((word) => LATIN.test(word) && LATIN_LOOKALIKE.test(word));
  if (mixed !== undefined)
    return `must not mix Latin letters with letters that look like them, as ${JSON.stringify(mixed)} does`;
  return null;
}
