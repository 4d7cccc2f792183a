import { z } from "zod";
import { filePath } from "../bounds.ts";
import { count, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";

/** `backup` (spec 07 §7.13 item 9). */
export const backup = operation({
  path: "system.backup",
  kind: "mutation",
  summary: "Copy the whole ledger as it is at one moment, whoever writes meanwhile",
  ledger: "write",
  cli: {
    command: "backup",
    place: 75,
    prints: "text",
    notes: "The copy holds everything, content and tokens too, and is readable by you alone.",
    examples: ["backup", "backup --output ~/ledger-before-update.db"],
  },
  input: z.object({
    to: cli(filePath.optional(), { path: true, flag: "output" }).describe(
      "where to; default: the folder `backups` of the state root",
    ),
    force: z.boolean().default(false).describe("replace a file that is there"),
  }),
  output: z.object({
    path: z.string(),
    bytes: count,
    sha256: z.string(),
    schema_version: z.int(),
    taken_at: timestamp,
  }),
});

/** `restore FILE` (spec 07 §7.13 item 9). */
export const restore = operation({
  path: "system.restore",
  kind: "mutation",
  summary: "Put a backup in the place of the ledger; what stands there is backed up first",
  ledger: "none",
  refuses: ["conflict", "confirmation_required"],
  cli: {
    command: "restore",
    place: 76,
    prints: "text",
    here: true,
    notes: [
      "It happens as one transaction: other processes see the old ledger or the restored one. An older backup is migrated first.",
      "What was queued when the backup was taken is queued again, also if it has been delivered since.",
    ].join("\n"),
    examples: ["restore ~/ledger-before-update.db", "restore ~/ledger-before-update.db --yes"],
  },
  input: z.object({
    file: cli(filePath, { position: 0, path: true, placeholder: "backup" }).describe("a file that `backup` made"),
    yes: z.boolean().default(false).describe("do not ask; needed where there is no terminal"),
  }),
  output: z.object({
    path: z.string().describe("the ledger"),
    restored_from: z.string(),
    sha256: z.string().describe("of the backup"),
    replaced: z.string().nullable().describe("where the ledger that stood there is kept; null when there was none"),
    migrated: z.boolean().describe("whether the backup was of an older version"),
    pending_messages: count.describe("messages that wait to be delivered"),
  }),
});
