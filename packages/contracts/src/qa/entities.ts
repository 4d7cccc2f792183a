import { z } from "zod";
import { count, jsonObject } from "../common.ts";
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

const pixelRegion = z.object({ x: count, y: count, width: count, height: count });

/** What a comparison of two pictures came to (spec 05 §5.6, `visual-diff`). */
export const visualDiffReport = z.object({
  reference: z.string().describe("absolute path"),
  candidate: z.string().describe("absolute path"),
  reference_sha256: z.string(),
  candidate_sha256: z.string(),
  viewport: z.string().describe("width and height of what was compared, as in 1440x900"),
  total_pixels: count.describe("how many were compared"),
  changed_pixels: count,
  ignored_pixels: count.describe("how many lie in ignored regions"),
  antialiased_pixels: count.describe("how many differ by smoothed edges alone and were not counted"),
  changed_bounds: pixelRegion.nullable().describe("smallest rectangle around all changes"),
  diff_score: z.number().describe("changed by compared pixels, 0 to 1"),
  threshold: z.number(),
  below_threshold: z.boolean().describe("whether the score is not above the threshold"),
  tolerance: z.int(),
  ignored_regions: z.array(pixelRegion),
  diff_image: z.string().nullable().describe("where the picture of what changed was written"),
  html_report: z.string().nullable().describe("where the page was written"),
});
export type VisualDiffReport = z.infer<typeof visualDiffReport>;
