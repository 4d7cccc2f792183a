import { z } from "zod";
import { count } from "../common.ts";
import { operation } from "../operation.ts";

/** `db-stats` (spec 07 §7.13 item 7). */
export const dbStats = operation({
  path: "system.dbStats",
  kind: "query",
  summary: "Show what each table of the ledger takes",
  ledger: "read",
  cli: { command: "db-stats", place: 72, prints: "text", examples: ["db-stats", "db-stats --json"] },
  input: z.object({}),
  output: z.object({
    path: z.string(),
    database_bytes: count,
    content_bytes: count.describe("of which terminals, transcripts and records of agents"),
    tables: z
      .array(
        z.object({
          name: z.string(),
          rows: count,
          bytes: count.nullable().describe("with its indexes; null where SQLite cannot tell"),
        }),
      )
      .describe("the largest first"),
  }),
});
