import { z } from "zod";
import { count, taskRefObject, timestamp } from "../common.ts";

/** What a bundle says of itself: its files and what they must be, and what it is an export of (spec 07 §7.10.6). */
export const bundleManifest = z.object({
  format_version: z.int().min(1).describe("how the bundle is laid out"),
  created_at: timestamp,
  task: taskRefObject,
  files: z.array(z.string()).describe("every file but the manifest, in order"),
  sha256: z.record(z.string(), z.string()).describe("hash of each file"),
  bytes: z.record(z.string(), count).describe("size of each file"),
  redacted: z.boolean().describe("whether all content was left out"),
  redact: z.enum(["strict", "captured"]).describe("what was left out of what Conveyor carried"),
  transcripts: z.enum(["none", "segments", "full"]).describe("which texts of transcripts are in it"),
  schema_version: z.int().describe("schema of the ledger that it was made from"),
  tool_version: z.string(),
  audit: z
    .object({ events: count, last_seq: count, head: z.string() })
    .describe("the task's audit entries, and the head of the ledger's chain; `audit --verify --head` looks for it"),
  receipt: z.string().nullable().describe("the file with the signed receipt; null where there is none"),
});
export type BundleManifest = z.infer<typeof bundleManifest>;
