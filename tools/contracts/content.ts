import { type AnswerContent, contentMarkOf, type MarkedField } from "../../packages/contracts/src/content.ts";
import type { AnyOperation } from "../../packages/contracts/src/index.ts";
import type { Schema } from "../cli/describe.ts";

const FLAG = "include_content";

/** What of an operation's answer is hidden unless it is asked for, from the marks of its schema; undefined when nothing is. */
export function answerContentOf(op: AnyOperation): AnswerContent | undefined {
  if (op.shows_content) return undefined;
  const fields = markedFields(op.output as unknown as Schema);
  return fields.length === 0 ? undefined : { flag: FLAG in op.input.shape ? FLAG : null, fields };
}

/** Every field of a schema that is marked as content, however deep. What is below a marked field is part of it. */
export function markedFields(schema: Schema): MarkedField[] {
  const found = new Map<string, MarkedField>();
  walk(schema, [], ({ at, own }) => {
    const mark = contentMarkOf(own as unknown as Parameters<typeof contentMarkOf>[0]);
    if (mark === undefined) return "deeper";
    found.set(`${at.join("/")} ${JSON.stringify(mark)}`, { at, ...mark });
    return "enough";
  });
  return [...found.values()];
}

/** A field, and the keys that lead to it. */
export interface Place {
  at: readonly string[];
  own: Schema;
}

/** Visit a schema and all that is in it, layers such as `.optional()` included, until `visit` has enough of a branch. */
export function walk(own: Schema, at: readonly string[], visit: (place: Place) => "deeper" | "enough"): void {
  if (visit({ at, own }) === "enough") return;
  for (const [step, inner] of inside(own)) walk(inner, step === undefined ? at : [...at, step], visit);
}

/** What a schema is made of, with the key under which it stands. */
function inside({ def }: Schema): [step: string | undefined, inner: Schema][] {
  switch (def.type) {
    case "object":
      return Object.entries(def["shape"] as Record<string, Schema>);
    case "array":
      return [["*", def["element"] as Schema]];
    case "record":
      return [["*", def["valueType"] as Schema]];
    case "tuple":
      return (def["items"] as Schema[]).map((item) => ["*", item]);
    case "union":
      return (def["options"] as Schema[]).map((option) => [undefined, option]);
    case "intersection":
      return [def["left"], def["right"]].map((side) => [undefined, side as Schema]);
    default: {
      const inner = def["innerType"] ?? def["out"];
      return inner === undefined ? [] : [[undefined, inner as Schema]];
    }
  }
}
