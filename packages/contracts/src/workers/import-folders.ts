import { z } from "zod";
import { filePath, reference } from "../bounds.ts";
import { cli, operation } from "../operation.ts";

const importAction = z.object({
  action: z.enum(["upsert_worker", "insert_status", "insert_transcript_capture", "insert_event", "skip_invalid_event"]),
  source: z.string().describe("file below the root"),
  worker: z.string().optional(),
  line: z.int().optional(),
});

const folderImport = z.object({
  apply: z.boolean(),
  root: z.string(),
  worker_count: z.int(),
  workers: z.array(
    z.object({
      worker: z.string(),
      action_count: z.int(),
      actions: z.array(importAction),
      error: z.string().optional().describe("why this worker was left out"),
    }),
  ),
});

const folderSource = {
  root: cli(filePath, { path: true, placeholder: "dir" })
    .optional()
    .describe("folder that holds the worker folders; default: the state root"),
  worker: reference.optional().describe("only this worker"),
};

/** `import-compat` (spec 01 §7.5, 07 §7.10.9): what would be imported from worker folders. */
export const planImport = operation({
  path: "workers.planImport",
  kind: "query",
  summary: "Show what would be imported from worker folders; --apply imports it",
  ledger: "none",
  refuses: ["not_found"],
  cli: { command: "import-compat", place: 130, prints: "json", here: true, examples: ["import-compat"] },
  input: z.object(folderSource),
  output: folderImport,
});

/** `import-compat --apply`: each source once, one transaction per worker. */
export const importFolders = operation({
  path: "workers.importFolders",
  kind: "mutation",
  summary: "Import worker folders into the ledger, each source once",
  ledger: "create",
  refuses: ["not_found"],
  cli: {
    command: "import-compat",
    place: 140,
    select: "apply",
    prints: "json",
    here: true,
    examples: ["import-compat --apply --worker docs"],
  },
  input: z.object(folderSource),
  output: folderImport,
});
