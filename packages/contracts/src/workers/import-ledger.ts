import { z } from "zod";
import { filePath } from "../bounds.ts";
import { warnings } from "../common.ts";
import { cli, operation } from "../operation.ts";

/** `import-compat --from FILE`: take over a database of the earlier tool (spec 07 §7.4). */
export const importLedger = operation({
  path: "workers.importLedger",
  kind: "mutation",
  summary: "Import a database of the earlier tool; --apply writes, without it only the report is made",
  ledger: "none",
  cli: {
    command: "import-compat",
    place: 150,
    select: "from",
    prints: "json",
    here: true,
    examples: ["import-compat --from old/workerctl.db", "import-compat --from old/workerctl.db --apply"],
    notes:
      "The file is only read. When it is the ledger itself it is kept beside the new one as <file>.bak-v<version>, unchanged.",
  },
  input: z.object({
    from: cli(filePath, { path: true }).describe("database of the earlier tool, schema version 22 to 26"),
    apply: z.boolean().default(false).describe("write; without it nothing is changed"),
  }),
  output: z.object({
    apply: z.boolean(),
    from: z.string(),
    ledger: z.string(),
    schema_version: z.int(),
    source_sha256: z.string(),
    already_imported: z.boolean().describe("this very file was imported before"),
    backup_path: z
      .string()
      .nullable()
      .describe("where the earlier database stands now, when it stood at the ledger's place"),
    imported_count: z.int(),
    skipped_count: z.int(),
    tables: z.array(
      z.object({
        table: z.string(),
        found: z.int(),
        imported: z.int(),
        already_here: z.int(),
        skipped: z.int(),
      }),
    ),
    renamed: z.array(z.object({ table: z.string(), id: z.string(), from: z.string(), to: z.string() })),
    skipped: z
      .array(z.object({ table: z.string(), id: z.string(), reason: z.string() }))
      .describe("the first of the rows that could not be taken over"),
    not_imported_tables: z.array(z.string()).describe("tables of the file that no ledger has"),
    warnings,
  }),
});
