import type { EventDeclaration } from "./declaration.ts";

/** Bundles: what left the ledger, and what came in (spec 07 §7.10.6). */
export const exportEvents = {
  task_exported: {
    kind: "both",
    tells: "a bundle of a task was written",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      export_dir: z.string().describe("where it was written"),
      archive: z.string().nullable().describe("the archive beside it"),
      file_count: z.int().describe("files of the bundle"),
      bytes: z.int().describe("their size together"),
      redacted: z.boolean().describe("whether all content was left out"),
      redact: z.enum(["strict", "captured"]).describe("what was left out of what Conveyor carried"),
      transcripts: z.enum(["none", "segments", "full"]).describe("which texts of transcripts are in it"),
      manifest_sha256: z.string().describe("SHA-256 of the manifest"),
    }),
  },
  bundle_imported: {
    kind: "both",
    tells: "the rows of a bundle were put into an empty ledger",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      bundle: z.string().describe("where it was"),
      bundle_task_id: z.string().describe("the task that it is of"),
      created_at: z.string().describe("when it was made"),
      rows: z.int().describe("rows that it brought"),
      manifest_sha256: z.string().describe("SHA-256 of its manifest"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
