import { z } from "zod";

/**
 * Patterns of texts that surely pass a schema, for those who judge input without it (judge.ts): plain ASCII, in which
 * nothing is invisible, composed or of another script. Each runs in linear time.
 */
export const PLAIN_TEXT = "^[ -~]*$";
/** Something besides blanks, on one line. */
export const PLAIN_LINE = "^ *[!-~][ -~]*$";
/** No blank at either end. */
export const PLAIN_NAME = "^[!-~](?:[ -~]*[!-~])?$";
export const PLAIN_PARAGRAPHS = "^[\\n\\t -~]*$";
export const PLAIN_NONBLANK = "^[\\n\\t ]*[!-~][\\n\\t -~]*$";

const marks = z.registry<{ pattern: string; checks: number }>();

function checksOf(schema: z.ZodType): number {
  return ((schema.def as { checks?: readonly unknown[] }).checks ?? []).length;
}

/**
 * Say which texts surely pass all checks of a schema beyond its lengths. A schema that adds a check of its own has to say it
 * anew: what is inherited holds only for the checks that were there.
 */
export function surely<S extends z.ZodType>(schema: S, pattern: string): S {
  const own = schema.meta({ ...schema.meta() }) as S;
  marks.add(own, { pattern, checks: checksOf(own) });
  return own;
}

/** The pattern that a schema was given for the checks that it has; undefined when nobody said. */
export function surelyOf(schema: z.ZodType): string | undefined {
  const mark = marks.get(schema);
  return mark !== undefined && mark.checks === checksOf(schema) ? mark.pattern : undefined;
}
