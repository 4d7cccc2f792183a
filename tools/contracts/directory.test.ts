import { expect, it } from "vitest";
import { z } from "zod";
import type { Schema } from "../cli/describe.ts";
import { rulesOf } from "./directory.ts";

const rulesFor = (field: z.ZodType) => rulesOf(z.object({ field }) as unknown as Schema)?.["field"];

it("leaves a text of a certain form to its schema, also when its length is bounded", () => {
  expect(rulesFor(z.iso.datetime({ offset: true }).max(40).optional())).toEqual({ type: "schema", optional: true });
  expect(rulesFor(z.url())).toEqual({ type: "schema" });
  expect(rulesFor(z.string().min(1).max(40))).toEqual({ type: "text", min: 1, max: 40 });
});
