import { z } from "zod";
import { timestamp } from "../common.ts";

/** Something that happened to a rollout file other than growing (spec 02 §4.2). */
export const rolloutFileEvent = z.object({
  kind: z.enum(["replaced", "superseded", "compressed", "archived", "recovered"]),
  from: z.string(),
  to: z.string(),
});

/** What one run of ingest did. */
export const ingestReport = z.object({
  new_events: z.int().describe("records stored now"),
  new_offset: z.int().describe("bytes of the rollout read so far"),
  skipped_lines: z.int().describe("complete lines that could not be stored as they are"),
  skipped: z
    .array(
      z.object({
        reason: z.enum(["invalid_utf8", "not_json", "not_object", "type_missing", "line_too_long", "not_storable"]),
        lines: z.int(),
        first_offset: z.int().describe("where the first of them begins in the rollout"),
      }),
    )
    .describe(
      "the same by reason; what such a line says of the agent's turns is taken all the same where it can be read",
    ),
  skipped_total: z.int().describe("lines skipped in all rollouts of the session so far"),
  file_events: z.array(rolloutFileEvent),
  thread_switch: z
    .object({ thread_id: z.string(), path: z.string(), started_at: timestamp.nullable() })
    .nullable()
    .describe("the newer thread that the agent seems to have gone on to; looked for when nothing new was read"),
  thread_switch_evidence: z
    .enum(["title", "process", "server", "none"])
    .nullable()
    .describe(
      "what speaks for thread_switch: the title of the pane names it, the session's own process writes it, a server that serves several sessions does, or nothing is known; one that only a server speaks for is not followed",
    ),
  partial_bytes: z.int().describe("bytes of a last line that is not finished yet"),
  lag_bytes: z.int().describe("bytes left unread because of --limit-bytes"),
});
export type IngestReport = z.infer<typeof ingestReport>;
