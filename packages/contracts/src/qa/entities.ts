import { z } from "zod";
import { jsonObject } from "../common.ts";
import { QA_PLANS } from "./words.ts";

/** A checklist for somebody who tries the product by hand; parts that a plan does not have are absent (spec 05 §5.10). */
export const qaPlan = z.object({
  scenario: z.enum(QA_PLANS),
  steps: z.array(z.string()).describe("what to do, in this order"),
  expected_observations: z.array(z.string()).describe("what has to be seen for the plan to count as passed"),
  starter_prompt: z.string().optional().describe("what an agent is told to begin with"),
  authority_boundaries: z.array(z.string()).optional().describe("what nobody who follows the plan may do"),
  acceptance_criteria: z.array(z.string()).optional().describe("what has to be true in the end"),
  correlation_markers: z
    .array(z.object({ correlation_id: z.string(), purpose: z.string() }))
    .optional()
    .describe("labels to use, and which decision, block, proof or retry each of them links"),
  evidence_template: jsonObject.optional().describe("the form of what is to be written down as evidence"),
  trigger_tasks: z
    .array(z.object({ name: z.string(), trigger: z.string(), acceptance: z.string() }))
    .optional()
    .describe("phrases to try, and what each has to bring about"),
});
export type QaPlan = z.infer<typeof qaPlan>;
