import { z } from "zod";
import { jsonPayload, nonBlank, rowId } from "../bounds.ts";
import { jsonObject, taskArgument, taskRefObject } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { decision, decisionKind } from "./entities.ts";

/** `record-decision` (spec 04 §4.8). */
export const record = operation({
  path: "decisions.record",
  kind: "mutation",
  summary: "Record what the manager decided, and why",
  ledger: "write",
  refuses: BY_NAME,
  shows_content: true,
  cli: {
    command: "record-decision",
    prints: "json",
    examples: ['record-decision auth nudge --reason "Context is long; handoff saved"'],
  },
  input: z.object({
    task: taskArgument,
    decision: cli(decisionKind, { position: 1 }).describe("what was decided"),
    reason: nonBlank.describe("why"),
    cycle_id: rowId.optional().describe("the cycle that led to it"),
    single_use: z.boolean().optional().describe("it justifies one command and no second one"),
    payload: cli(content(jsonPayload, "record"), { flag: "payload-json", json: true, placeholder: "json" })
      .optional()
      .describe("further facts as a JSON object"),
  }),
  output: decision.extend({ payload: content(jsonObject, "record"), task: taskRefObject }),
});
