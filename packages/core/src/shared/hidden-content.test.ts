import type { AnswerContent } from "@conveyor/contracts/content";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutContent } from "./hidden-content.ts";

const CONTENT: AnswerContent = {
  flag: "include_content",
  fields: [
    { at: ["rows", "*", "text"], kind: "text" },
    { at: ["rows", "*", "message"], kind: "message" },
    { at: ["rows", "*", "answer"], kind: "whole" },
    { at: ["rows", "*", "payload"], kind: "carried" },
    { at: ["excerpt"], kind: "text", shown_by: { field: "format", value: "transcript" } },
    { at: ["lines"], kind: "text" },
    { at: ["free"], kind: "record" },
  ],
};
const hide = (data: unknown, input: object = {}) => withoutContent(CONTENT, input, data);

describe("hiding what is marked", () => {
  it("puts what is known of a text at its place, and leaves everything else where it was", () => {
    const shown = hide({ a: 1, rows: [{ id: 1, text: "one\ntwo", z: 2 }], message: "not marked" });
    expect(JSON.stringify(shown)).toBe(
      '{"a":1,"rows":[{"id":1,"text_redacted":true,"text_byte_count":7,"text_line_count":2,"z":2}],"message":"not marked"}',
    );
  });

  it("hides documents as their kind says", () => {
    const payload = { message: "go", evidence: { a: 1 }, subject: "s", type: "t" };
    const { rows } = hide({ rows: [{ answer: { secret: "x" }, payload }] }) as { rows: Record<string, unknown>[] };
    expect(rows[0]?.["answer"]).toEqual({ redacted: true, bytes: 14 });
    expect(rows[0]?.["payload"]).toMatchObject({ message_redacted: true, subject_redacted: true, type: "t" });
    expect(hide({ free: { output: "x", code: 1 } })).toMatchObject({ free: { output_redacted: true, code: 1 } });
  });

  it("hides a list of texts as a whole", () => {
    expect(hide({ lines: ["one", "two"] })).toEqual({ lines: { redacted: true, bytes: 13 } });
  });

  it("shows a bare slash command, null and what is absent", () => {
    const data = { rows: [{ message: "/compact", text: null, answer: null }, {}], excerpt: null };
    expect(hide(data)).toBe(data);
  });

  it("shows everything to whoever asks for it, and a field to whoever asks for that", () => {
    const data = { rows: [{ text: "x" }], excerpt: "y" };
    expect(hide(data, { include_content: true })).toBe(data);
    expect(hide(data, { include_content: "yes" })).not.toBe(data);
    expect(hide(data, { format: "transcript" })).toMatchObject({ excerpt: "y", rows: [{ text_redacted: true }] });
    expect(withoutContent(undefined, {}, data)).toBe(data);
    expect(withoutContent({ ...CONTENT, flag: null }, { include_content: true }, data)).not.toBe(data);
  });

  it("hides an answer that is content itself", () => {
    const content: AnswerContent = { flag: null, fields: [{ at: [], kind: "record" }] };
    expect(withoutContent(content, {}, { message: "m", type: "t" })).toMatchObject({
      message_redacted: true,
      type: "t",
    });
  });

  it("survives any answer, changes none, and hides nothing twice", () => {
    const words = fc.constantFrom("secret words", "/compact", "");
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        words,
        fc.integer(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom("rows", "text", "message", "answer", "payload", "lines", "free", "x"),
          tie("tree"),
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (data) => {
        const before = JSON.stringify(data);
        const once = hide(data);
        expect(JSON.stringify(data)).toBe(before);
        expect(hide(once)).toEqual(once);
      }),
    );
  });
});
