import type { AnswerContent, ContentKind, MarkedField } from "@conveyor/contracts/content";
import { hidden, isMessage, redactAs, siblings } from "./redaction.ts";

/**
 * An answer without the content that its contract marks, unless the input asks for it. Returns the data itself when
 * there is nothing to hide; hiding twice changes nothing. Never throws (spec 07 §7.7.2).
 */
export function withoutContent<Data>(content: AnswerContent | undefined, input: unknown, data: Data): Data {
  if (content === undefined) return data;
  const asked = (input ?? {}) as Record<string, unknown>;
  if (content.flag !== null && asked[content.flag] === true) return data;
  const fields = content.fields.filter(
    ({ shown_by }) => shown_by === undefined || asked[shown_by.field] !== shown_by.value,
  );
  return fields.reduce<unknown>((shown, field) => hide(shown, field, 0), data) as Data;
}

function hide(value: unknown, field: MarkedField, depth: number): unknown {
  const { at, kind } = field;
  if (depth === at.length) return withoutForm(value, kind);
  if (value === null || typeof value !== "object") return value;
  const step = at[depth] as string;
  if (step === "*") return changed(value, (member) => hide(member, field, depth + 1));
  if (!Object.hasOwn(value, step)) return value;
  const member = (value as Record<string, unknown>)[step];
  if (depth === at.length - 1 && typeof member === "string") return withoutText(value, step, member, kind);
  const own = hide(member, field, depth + 1);
  return own === member ? value : { ...value, [step]: own };
}

/** The list or object with every member seen through; itself when none changed. */
function changed(value: object, see: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(see);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const members = Object.entries(value).map(([key, member]) => [key, member, see(member)] as const);
  if (members.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(members.map(([key, , after]) => [key, after]));
}

/** An object in which what is known of a text stands at the text's place. */
function withoutText(object: object, key: string, text: string, kind: ContentKind): object {
  if (kind === "message" && !isMessage(text)) return object;
  const entries = Object.entries(object).flatMap(([name, member]) =>
    name === key ? Object.entries(siblings(key, text)) : [[name, member] as const],
  );
  return Object.fromEntries(entries);
}

/** A document, a list of texts, or a text without a key of its own. */
function withoutForm(value: unknown, kind: ContentKind): unknown {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") return value;
  return kind === "record" || kind === "carried" || kind === "rollout" ? redactAs(kind, value) : hidden(value);
}
