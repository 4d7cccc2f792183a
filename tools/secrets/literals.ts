import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** What is known of a part of a pattern: all texts that it can be, if these are few, or texts of which one is in each match. */
interface Known {
  exact: readonly string[] | undefined;
  one: readonly string[] | undefined;
}

/** More texts than this for one part are not written out. */
const MOST_TEXTS = 12;
/** A class of more characters than this is "some character". */
const MOST_MEMBERS = 4;
/** Longer texts than this do not make the first look any better. */
const LONG_ENOUGH = 6;
const NOTHING: Known = { exact: undefined, one: undefined };

/**
 * Texts of which every match of a pattern holds at least one, chosen so that the shortest is as long as can be: looking for
 * them is the cheap first look. Undefined when the pattern has no such texts.
 */
export function literalsOf(source: string, flags: string): readonly string[] | undefined {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes("u") });
  const { exact, one } = ofAlternatives(pattern.alternatives);
  const found = better(one, exact);
  if (found === undefined || shortest(found) === 0) return undefined;
  return withoutLonger(flags.includes("i") ? found.map((text) => text.toLowerCase()) : found).sort();
}

/** What holds one of the other texts need not be looked for. */
function withoutLonger(texts: readonly string[]): string[] {
  const all = [...new Set(texts)];
  return all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
}

function ofAlternatives(alternatives: readonly AST.Alternative[]): Known {
  const parts = alternatives.map(ofSequence);
  const one = parts.map((part) => better(part.one, part.exact));
  return { exact: union(parts.map(({ exact }) => exact)), one: union(one) };
}

function ofSequence({ elements }: AST.Alternative): Known {
  let best: readonly string[] | undefined;
  let run: readonly string[] = [""];
  let whole = true;
  for (const element of elements) {
    const { exact, one } = ofElement(element);
    const longer: readonly string[] | undefined = exact && joined(run, exact);
    if (longer !== undefined) {
      run = longer;
      continue;
    }
    whole = false;
    best = better(better(best, run), one ?? exact);
    run = exact ?? [""];
  }
  return { exact: whole ? run : undefined, one: better(best, run) };
}

function ofElement(element: AST.Element): Known {
  switch (element.type) {
    case "Character":
      return { exact: [String.fromCodePoint(element.value)], one: undefined };
    case "CharacterClass":
      return { exact: membersOf(element), one: undefined };
    case "Group":
    case "CapturingGroup":
      return ofAlternatives(element.alternatives);
    case "Assertion":
      return { exact: [""], one: undefined };
    case "Quantifier":
      return ofQuantifier(element);
    default:
      return NOTHING;
  }
}

function ofQuantifier({ min, max, element }: AST.Quantifier): Known {
  const inner = ofElement(element as AST.Element);
  if (min === 0) return max === 1 && inner.exact ? { exact: ["", ...inner.exact], one: undefined } : NOTHING;
  if (min === 1 && max === 1) return inner;
  return { exact: undefined, one: better(inner.one, inner.exact) };
}

function membersOf({ negate, elements }: AST.CharacterClass): readonly string[] | undefined {
  if (negate || elements.length > MOST_MEMBERS) return undefined;
  const members = elements.map((element) => (element.type === "Character" ? element.value : undefined));
  if (members.some((member) => member === undefined)) return undefined;
  return members.map((member) => String.fromCodePoint(member as number));
}

function joined(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left.length * right.length > MOST_TEXTS) return undefined;
  return left.flatMap((before) => right.map((after) => before + after));
}

function union(sets: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const all: string[] = [];
  for (const set of sets) {
    if (set === undefined) return undefined;
    all.push(...set);
  }
  return all.length > MOST_TEXTS ? undefined : all;
}

function better(left: readonly string[] | undefined, right: readonly string[] | undefined) {
  if (left === undefined || right === undefined) return left ?? right;
  const by = shortest(right) - shortest(left) || withoutLonger(left).length - withoutLonger(right).length;
  return by > 0 ? right : left;
}

function shortest(texts: readonly string[]): number {
  return Math.min(LONG_ENOUGH, ...texts.map(({ length }) => length));
}
