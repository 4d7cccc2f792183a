import { z } from "zod";

/**
 * What a content field holds, and so how it is hidden (spec 07 §7.7.1, §7.7.2):
 *
 * - `text`: terminal text, a transcript, a prompt: `<key>_redacted`, `<key>_byte_count` and `<key>_line_count` take its place
 * - `message`: the same, but a bare slash command says nothing private
 * - `record`: a stored row or document of free form: the keys under which content stands are hidden in it
 * - `carried`: the payload of a command or an item, likewise
 * - `rollout`: the payload of a record that an agent wrote, likewise
 * - `whole`: a document whose keys the writer chose: `{redacted, bytes}` takes its place
 */
export type ContentKind = "text" | "message" | "record" | "carried" | "rollout" | "whole";

export interface ContentMark {
  kind: ContentKind;
  /** An input field and the value of it that asks for this content, beside the flag of the operation. */
  shown_by?: Readonly<{ field: string; value: string }>;
}

const marks = z.registry<ContentMark>();

/**
 * Mark a field that holds content: terminal text, prompts, message bodies, transcripts, records of an agent. In an answer
 * it is hidden unless it was asked for; of an input it gets into no answer, event, telemetry or log.
 */
export function content<S extends z.ZodType>(
  schema: S,
  kind: ContentKind = "text",
  more: Omit<ContentMark, "kind"> = {},
): S {
  // A registered schema is remembered by identity, so two fields that share one schema object must not share a mark.
  const own = schema.meta({ ...schema.meta() }) as S;
  marks.add(own, { kind, ...more });
  return own;
}

/** The mark of a schema itself, without looking through `.optional()` and the like. */
export function contentMarkOf(schema: z.ZodType): ContentMark | undefined {
  return marks.get(schema);
}

/** A marked field of an answer: the keys that lead to it, `*` for every item of a list. Plain data: needs no schema. */
export interface MarkedField extends ContentMark {
  at: readonly string[];
}

/** The content of an operation's answer, and the field of its input that asks for it; null when nothing shows it. */
export interface AnswerContent {
  flag: "include_content" | null;
  fields: readonly MarkedField[];
}
