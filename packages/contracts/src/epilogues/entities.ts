import { z } from "zod";
import { jsonObject, taskRefObject, timestamp } from "../common.ts";
import { content } from "../content.ts";

/** States of a run of a closing step (spec 04 §1.1). */
export const epilogueState = z.enum(["pending", "running", "succeeded", "failed", "skipped"]);

/** One run of a closing step (spec 04 §3.4). */
export const epilogueRun = z.object({
  id: z.int(),
  task_id: z.string(),
  step_name: z.string(),
  state: epilogueState,
  started_at: timestamp,
  finished_at: timestamp.nullable(),
  result: content(jsonObject.nullable(), "record"),
  error: z.string().nullable(),
  correlation_id: z.string().nullable(),
});
export type EpilogueRun = z.infer<typeof epilogueRun>;

/** The closing steps of a task, their runs, and whether all that is configured has succeeded (spec 04 §4.13). */
export const epilogueDocument = z.object({
  task: taskRefObject,
  configured_steps: z.array(z.string()),
  runs: z.array(epilogueRun),
  status: z.object({
    ok: z.boolean(),
    required_steps: z.array(z.string()),
    missing_or_incomplete: z.array(z.string()),
    steps: z.array(
      z.object({
        step_name: z.string(),
        state: epilogueState.describe("of the newest run; pending when there is none"),
        ok: z.boolean(),
        latest_run: epilogueRun.nullable(),
      }),
    ),
  }),
});
export type EpilogueDocument = z.infer<typeof epilogueDocument>;
