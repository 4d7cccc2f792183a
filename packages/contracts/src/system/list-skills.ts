import { z } from "zod";
import { operation } from "../operation.ts";

/** `skill list` (spec 06 §6.9). */
export const listSkills = operation({
  path: "system.listSkills",
  kind: "query",
  summary: "List the skills that come with this program, with what each is for",
  ledger: "none",
  cli: { command: "skill", action: "list", place: 135, prints: "text", here: true, examples: ["skill list"] },
  input: z.object({}),
  output: z.object({
    version: z.string().describe("of this program"),
    skills: z.array(
      z.object({
        name: z.string(),
        description: z.string().describe("when it is to be used"),
        operator: z.boolean().describe("comes with the operator plugin"),
        source: z.string().describe("the folder it is made from"),
      }),
    ),
  }),
});
