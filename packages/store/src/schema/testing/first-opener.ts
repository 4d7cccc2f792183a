/** Opens a ledger as a command's process does; started several times at once by a test. */
import Database from "better-sqlite3";
import { prepareLedger } from "../migrate.ts";

const [path = "", startAt = "0", nextSql = ""] = process.argv.slice(2);
const { migrations } = await import("../../generated/migrations.ts");
const list =
  nextSql === ""
    ? migrations
    : [...migrations, { name: "29991231000000_next", checksum: "0".repeat(64), sql: nextSql }];

while (Date.now() < Number(startAt)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);

const db = new Database(path, { timeout: 5000 });
db.pragma("foreign_keys = ON");
db.pragma("journal_mode = WAL");
const prepared = prepareLedger(db, { path, now: new Date().toISOString(), migrations: list });
db.prepare("UPDATE ledger_sequence SET value = value + 1").run();
db.close();
process.stdout.write(JSON.stringify(prepared));
