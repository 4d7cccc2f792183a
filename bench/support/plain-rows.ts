import { join } from "node:path";
import type { BenchWorld } from "./bench-world.ts";
import { openPlain } from "./plain-database.ts";
import { timed } from "./statistics.ts";

/** What delivering a command leaves behind: its attempt, its item, three remarks with their full text, two changes. */
const ROWS = { inserts: 8, updates: 4 };
const BATCH = 50;
const TEXT = "what a row of this kind carries, about four hundred characters of it: ".repeat(6);

/** How long SQLite takes, in milliseconds, to write as many rows as that many deliveries write, with nothing around it. */
export async function writePlainRows(world: BenchWorld, deliveries: number): Promise<number> {
  const database = openPlain(join(world.root, "plain.db"));
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database.exec("CREATE TABLE plain (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT, state TEXT)");
    const insert = database.prepare("INSERT INTO plain (key, body, state) VALUES (?, ?, 'pending')");
    const update = database.prepare("UPDATE plain SET state = 'delivered' WHERE key = ?");
    return await timed(() => {
      for (let done = 0; done < deliveries; done += BATCH) {
        database.exec("BEGIN IMMEDIATE");
        for (let delivery = done; delivery < Math.min(deliveries, done + BATCH); delivery += 1) {
          for (let row = 0; row < ROWS.inserts; row += 1) insert.run(`delivery-${delivery}-${row}`, TEXT);
          for (let row = 0; row < ROWS.updates; row += 1) update.run(`delivery-${delivery}-${row}`);
        }
        database.exec("COMMIT");
      }
    });
  } finally {
    database.close();
  }
}
