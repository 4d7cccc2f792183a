import { z } from "zod";
import { jsonPayload, listOf, nonBlank } from "../bounds.ts";
import { jsonObject, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `handoff` (spec 04 §4.1): each call appends one. */
export const handoff = operation({
  path: "contract.handoff",
  kind: "mutation",
  summary: "Record what a worker leaves for whoever goes on",
  ledger: "write",
  refuses: BY_NAME,
  shows_content: true,
  cli: {
    command: "handoff",
    place: 110,
    prints: "json",
    examples: ['handoff auth --summary "Parser split done" --next-step "Run gates"'],
  },
  input: z.object({
    task: taskArgument,
    summary: nonBlank.describe("how far the work is"),
    next_step: listOf(nonBlank).default([]).describe("what comes next, in order"),
    payload: cli(content(jsonPayload, "whole"), { flag: "payload-json", json: true, placeholder: "json" })
      .default({})
      .describe("further facts as a JSON object"),
  }),
  output: z.object({
    id: z.int(),
    task_id: z.string(),
    worker_session_id: z.string().nullable().describe("the worker that is bound to the task; null when none is"),
    summary: z.string(),
    next_steps: z.array(z.string()),
    payload: content(jsonObject, "whole"),
    created_at: timestamp,
  }),
});
