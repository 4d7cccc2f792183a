import type { EventDeclaration } from "./declaration.ts";

/** The ledger itself (spec 07 §7.4, 00 ruling 9). */
export const ledgerEvents = {
  ledger_adopted: {
    kind: "both",
    tells: "a ledger that came from elsewhere was made this host's",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      ledger_path: z.string().describe("where it is"),
      reason: z.string().describe("what made it a stranger"),
      from_host_id: z.string().nullable().describe("whose it was"),
      host_id: z.string().describe("whose it is now"),
      detached_sessions: z.int().describe("sessions of the other host that lost their terminals"),
      pending_messages: z.int().describe("messages that are delivered from now on"),
      keep_terminals: z.boolean().describe("whether sessions keep their terminals"),
    }),
  },
  database_repaired: {
    kind: "both",
    tells: "what was missing in the ledger's schema or search index was made anew",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      objects_created: z.array(z.string()).describe("tables, indexes and triggers that were made"),
      objects_failed: z.array(z.string()).describe("those that could not be made"),
      search_rows_missing: z.int().describe("events that could not be found by search"),
      search_rows_surplus: z.int().describe("search entries without an event"),
      claims_released: z.int().describe("commands whose dispatcher had died over them"),
    }),
  },
  ledger_backed_up: {
    kind: "both",
    tells: "the whole ledger was copied to a file",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      path: z.string().describe("where to"),
      bytes: z.int().describe("size of the copy"),
      sha256: z.string().describe("SHA-256 of the copy"),
      schema_version: z.int().describe("version of its schema"),
    }),
  },
  ledger_restored: {
    kind: "both",
    tells: "a backup was put in the place of the ledger",
    actor: "operator",
    severity: "warning",
    attributes: (z) => ({
      path: z.string().describe("where the ledger is"),
      restored_from: z.string().describe("the backup"),
      sha256: z.string().describe("SHA-256 of the backup"),
      replaced: z.string().nullable().describe("where what stood there before is kept"),
      migrated: z.boolean().describe("whether the backup was of an older version"),
      pending_messages: z.int().describe("messages that wait to be delivered from now on"),
    }),
  },
  content_redacted: {
    kind: "both",
    tells: "secrets were taken out of what the ledger keeps of terminals, records and messages",
    actor: "operator",
    severity: "info",
    attributes: (z) => ({
      by: z.enum(["known_secrets", "pattern"]).describe("what was looked for; a pattern itself is not recorded"),
      redacted_count: z.int().describe("texts that were changed"),
      by_table: z.record(z.string(), z.int()).describe("how many of each table"),
    }),
  },
  database_migrated: {
    kind: "both",
    tells: "a ledger of the earlier tool was imported",
    actor: "workerctl",
    severity: "info",
    attributes: (z) => ({
      source: z.literal("earlier_tool").describe("whose ledger it was"),
      from_version: z.int().describe("version of its schema"),
      source_sha256: z.string().describe("SHA-256 of the file"),
      imported: z.record(z.string(), z.unknown()).describe("rows of each table"),
      skipped_count: z.int().describe("rows that were left out"),
      renamed_count: z.int().describe("tasks that got another name"),
    }),
  },
} as const satisfies Record<string, EventDeclaration>;
