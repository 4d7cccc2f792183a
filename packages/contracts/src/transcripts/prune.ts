import { z } from "zod";
import { listOf, rowCount, timeWindow } from "../bounds.ts";
import { taskArgument, taskRef } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { PRUNABLE } from "./words.ts";

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
  refuses: BY_NAME,
  cli: {
    command: "transcript-prune",
    place: 30,
    prints: "json",
    examples: ["transcript-prune auth --keep-latest 5 --dry-run"],
  },
  input: z.object({ task: taskArgument, keep_latest: keepLatest, dry_run: pruneDryRun }),
  output: pruned,
});

const kindReport = z.object({ pruned_count: z.int(), would_prune_count: z.int(), bytes: z.int() });

/** `prune` (spec 02 §8.14, 07 §7.10.7). */
export const prune = operation({
  path: "transcripts.prune",
  kind: "mutation",
  summary: "Drop old captured content from the ledger; rows, counts and hashes stay",
  ledger: "write",
  refuses: [...BY_NAME, "conflicting_flags"],
  cli: {
    command: "prune",
    place: 40,
    prints: "json",
    examples: ["prune --dry-run", "prune --kind all --older-than 30d --vacuum", "prune --policy"],
    notes: [
      "Groups: per worker, per task and role, per session. What the next capture of an open task is compared with stays.",
      'retention.json: {"kinds":{"terminal-captures":{"keep_days":30,"keep_latest":20,"max_bytes":100000000}}}',
      "Heartbeats keep at least the newest 1000 of each session or dispatcher; item facts lose content only after 30 days.",
    ].join("\n"),
  },
  input: z.object({
    kind: listOf(z.enum([...PRUNABLE, "all"]))
      .default([])
      .describe("what to drop; repeatable; default transcript-captures; all leaves telemetry out"),
    keep_latest: keepLatest,
    older_than: timeWindow.optional().describe("only what is older than this window, for instance 30d"),
    policy: z.boolean().default(false).describe("drop what `retention.json` in the state root says, and nothing else"),
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
