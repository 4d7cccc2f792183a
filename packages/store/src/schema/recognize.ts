import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type Database from "better-sqlite3";
import { LAST_EARLIER_VERSION, tableNames } from "./version.ts";

/** What a database file turns out to be when a ledger is expected. */
export type LedgerKind = "empty" | "current" | "older" | "newer" | "earlier_tool" | "foreign";

/** The facts about a database by which it is recognised. */
export interface LedgerMarks {
  user_version: number;
  tables: ReadonlySet<string>;
  /** The schema version the program supports. */
  supported: number;
}

/** Recognise a database by its version mark and its tables (spec 07 §7.4, rules 2 to 5). */
export function recognize({ user_version, tables, supported }: LedgerMarks): LedgerKind {
  if (user_version > supported) return "newer";
  if (user_version === 0 && tables.size === 0) return "empty";
  const ownMarks = tables.has("ledger_info") && tables.has("_prisma_migrations");
  if (user_version > LAST_EARLIER_VERSION)
    return ownMarks ? (user_version === supported ? "current" : "older") : "foreign";
  // Without a version mark the one table name is too common to go by.
  const earlierMarks =
    tables.has("schema_migrations") && (user_version > 0 || (tables.has("tasks") && tables.has("commands")));
  return earlierMarks ? "earlier_tool" : "foreign";
}

/** The `user_version` mark. Throws `ledger_invalid` when the file is not an SQLite database. */
export function readUserVersion(db: Database.Database, path: string): number {
  try {
    return Number(db.pragma("user_version", { simple: true }));
  } catch (error) {
    throw notADatabase(error, path);
  }
}

/** Look at what kind of database this is; changes nothing. Throws `ledger_invalid` when it is not SQLite. */
export function recognizeLedger(
  db: Database.Database,
  path: string,
  supported: number,
): { kind: LedgerKind; user_version: number } {
  const user_version = readUserVersion(db, path);
  try {
    return { kind: recognize({ user_version, tables: new Set(tableNames(db)), supported }), user_version };
  } catch (error) {
    throw notADatabase(error, path);
  }
}

/** Throws the refusal for a database that must not be touched; returns when it may be created, used or migrated. */
export function refuseUnsupported(kind: LedgerKind, user_version: number, path: string, supported: number): void {
  const details = { path, user_version, supported_version: supported };
  if (kind === "newer") {
    throw new ConveyorError(
      "ledger_unsupported",
      `the ledger ${path} has schema version ${user_version}, this program supports up to ${supported}`,
      {
        hint: "nothing was changed; install the newer Conveyor that wrote it, or name another ledger with --path",
        details,
      },
    );
  }
  if (kind === "earlier_tool") {
    throw new ConveyorError(
      "ledger_unsupported",
      `the ledger ${path} was written by the earlier tool (schema version ${user_version}); this program writes version ${supported}`,
      {
        hint: `nothing was changed; \`conveyor import-compat --from ${shellQuote(path)} --path ${shellQuote(path)}\` shows what can be taken over, --apply does it; or name another ledger with --path`,
        details,
      },
    );
  }
  if (kind === "foreign") {
    throw new ConveyorError(
      "ledger_invalid",
      `${path} is an SQLite database of another program, not a Conveyor ledger`,
      {
        hint: "nothing was changed; name another file with --path",
        details,
      },
    );
  }
}

function notADatabase(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code !== "SQLITE_NOTADB" && !(typeof code === "string" && code.startsWith("SQLITE_CORRUPT"))) return error;
  return new ConveyorError("ledger_invalid", `${path} is not an SQLite database`, {
    hint: "nothing was changed; name another file with --path, or move this one away",
    details: { path, reason: (error as Error).message },
    cause: error,
  });
}
