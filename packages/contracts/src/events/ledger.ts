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
