import { z } from "zod";
import { listOf, rowCount, timeWindow } from "./bounds.ts";
import { captureFailure, captureLines, roleCapture, transcriptMode } from "./closing.ts";
import { role, taskArgument, taskRef, timestamp } from "./common.ts";
import { cli, operation } from "./operation.ts";

const roles = z.enum(["all", "worker", "manager"]);

/** `transcript-capture TASK` (spec 02 §8.11). */
export const capture = operation({
  path: "transcripts.capture",
  kind: "mutation",
  summary: "Store what the terminals of a task show, without repeating what is stored already",
  ledger: "write",
  cli: {
    command: "transcript-capture",
    prints: "text",
    examples: ["transcript-capture auth", "transcript-capture auth --role worker --mode snapshot --json"],
  },
  input: z.object({
    task: taskArgument,
    role: roles.default("all").describe("whose terminal; with all, one that fails does not stop the other"),
    mode: transcriptMode.default("segment").describe("how much of a capture to keep as transcript"),
    lines: captureLines.default(200).describe("lines of scrollback to capture"),
    require_segment: z.boolean().default(false).describe("fail unless every role gave new text; captures stay stored"),
    include_content: z.boolean().default(false).describe("show the captured text"),
  }),
  output: z.object({
    task: z.string(),
    role: roles,
    mode: transcriptMode,
    captures: z.array(z.union([roleCapture, captureFailure])),
  }),
});

const segment = z.object({
  id: z.int(),
  task_id: z.string(),
  role,
  source_capture_id: z.int(),
  previous_capture_id: z.int().nullable(),
  captured_at: timestamp,
  content_sha256: z.string(),
  segment_text: z.string().optional().describe("with --include-content, unless pruned"),
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
  cli: {
    command: "transcript-show",
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

const keepLatest = rowCount.default(20).describe("content of the newest this many of each group stays");
const pruneDryRun = z.boolean().default(false).describe("only count what would be dropped");

const pruned = z.object({
  dry_run: z.boolean(),
  keep_latest: z.int(),
  pruned_count: z.int().describe("0 in a dry run"),
  would_prune_count: z.int(),
});

/** `transcript-prune TASK` (spec 02 §8.13). */
export const pruneSegments = operation({
  path: "transcripts.pruneSegments",
  kind: "mutation",
  summary: "Drop the text of a task's older transcript segments; rows, counts and hashes stay",
  ledger: "write",
  cli: { command: "transcript-prune", prints: "json", examples: ["transcript-prune auth --keep-latest 5 --dry-run"] },
  input: z.object({ task: taskArgument, keep_latest: keepLatest, dry_run: pruneDryRun }),
  output: pruned,
});

/** What `prune` can drop. `all` leaves telemetry out (spec 00, Small rulings). */
export const PRUNABLE = [
  "transcript-captures",
  "terminal-captures",
  "segments",
  "codex-events",
  "heartbeats",
  "agent-facts",
  "telemetry",
] as const;
export type PrunableKind = (typeof PRUNABLE)[number];

const kindReport = z.object({ pruned_count: z.int(), would_prune_count: z.int(), bytes: z.int() });

/** `prune` (spec 02 §8.14, 07 §7.10.7). */
export const prune = operation({
  path: "transcripts.prune",
  kind: "mutation",
  summary: "Drop old captured content from the ledger; rows, counts and hashes stay",
  ledger: "write",
  cli: {
    command: "prune",
    prints: "json",
    examples: ["prune --dry-run", "prune --kind all --older-than 30d --vacuum"],
    notes: [
      "Groups: per worker, per task and role, per session. What the next capture of an open task is compared with stays.",
      "Heartbeats keep at least the newest 1000 of each session or dispatcher; item facts lose content only after 30 days.",
    ].join("\n"),
  },
  input: z.object({
    kind: listOf(z.enum([...PRUNABLE, "all"]))
      .default([])
      .describe("what to drop; repeatable; default transcript-captures; all leaves telemetry out"),
    keep_latest: keepLatest,
    older_than: timeWindow.optional().describe("only what is older than this window, for instance 30d"),
    task: cli(taskRef, { placeholder: "task" }).optional().describe("only what belongs to this task"),
    vacuum: z.boolean().default(false).describe("afterwards give the freed space back to the file system"),
    dry_run: pruneDryRun,
  }),
  output: pruned.extend({
    by_kind: z.partialRecord(z.enum(PRUNABLE), kindReport),
    bytes_freed: z.int().describe("content bytes that were dropped; 0 in a dry run"),
    file_bytes_freed: z.int().nullable().describe("what the file shrank by, with --vacuum"),
  }),
});
