import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { role, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { roles } from "./entities.ts";

const segment = z.object({
  id: z.int(),
  task_id: z.string(),
  role,
  source_capture_id: z.int(),
  previous_capture_id: z.int().nullable(),
  captured_at: timestamp,
  content_sha256: z.string(),
  segment_text: content(z.string().optional()).describe("with --include-content, unless pruned"),
  segment_text_redacted: z.literal(true).optional(),
  segment_text_byte_count: z.int().optional(),
  segment_text_line_count: z.int().optional(),
  segment_start_line: z.int().nullable(),
  segment_end_line: z.int().nullable(),
  byte_count: z.int(),
  line_count: z.int(),
  retention_class: z.string(),
  segment_kind: z.string(),
  redacted: z.boolean(),
  created_at: timestamp,
});
export type TranscriptSegment = z.infer<typeof segment>;

/** `transcript-show TASK` (spec 02 §8.12). */
export const show = operation({
  path: "transcripts.show",
  kind: "query",
  summary: "Show the stored transcript segments of a task, oldest first",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "transcript-show",
    place: 20,
    prints: "text",
    examples: ["transcript-show auth", "transcript-show auth --include-content > auth.txt"],
  },
  input: z.object({
    task: taskArgument,
    role: roles.default("all").describe("whose segments"),
    limit: rowCount.default(0).describe("only the newest this many; 0 shows all"),
    include_content: z.boolean().default(false).describe("show the text; meant for redirected output"),
  }),
  output: z.object({
    task: z.object({ id: z.string(), name: z.string(), state: z.string() }),
    segments: z.array(segment),
  }),
});
