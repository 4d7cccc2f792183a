import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Store } from "../store.ts";
import { isLedgerTrouble, isolated } from "./isolate.ts";

describe("isolated work", () => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "conveyor-isolate-"));
    store = Store.open({ path: join(folder, "l.db"), create: true, clock: { iso: () => new Date().toISOString() } });
    await store.fast((tx) => tx.handle.exec("CREATE TABLE notes (text TEXT UNIQUE)"));
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (text: string) => (tx: Parameters<Parameters<Store["fast"]>[0]>[0]) =>
    tx.sql.hot("INSERT INTO notes VALUES (?)").run(text);
  const notes = () => store.peek((tx) => tx.sql.hot("SELECT text FROM notes ORDER BY text").pluck().all());

  it("undoes only itself when it fails", async () => {
    const outcomes = await store.fast((tx) => {
      write("a")(tx);
      const bad = isolated(tx, () => {
        write("b")(tx);
        write("a")(tx);
      });
      return [bad, isolated(tx, () => write("c")(tx).changes)];
    });
    expect(outcomes).toMatchObject([
      { ok: false, error: { code: "SQLITE_CONSTRAINT_UNIQUE" } },
      { ok: true, value: 1 },
    ]);
    expect(await notes()).toEqual(["a", "c"]);
  });

  it("gives up everything when the ledger itself is what fails", async () => {
    const used = Number(store.handle.pragma("page_count", { simple: true }));
    store.handle.pragma(`max_page_count = ${used}`);
    const failing = store.fast((tx) => {
      write("d")(tx);
      isolated(tx, () => write("x".repeat(1_000_000))(tx));
    });
    await expect(failing).rejects.toMatchObject({ code: "ledger_unwritable" });
    expect(await notes()).toEqual(["a", "c"]);
  });
});

describe("isLedgerTrouble", () => {
  it.each([
    [{ code: "SQLITE_FULL" }, true],
    [{ code: "SQLITE_BUSY_SNAPSHOT" }, true],
    [{ code: "SQLITE_IOERR_WRITE" }, true],
    [new ConveyorError("ledger_busy", "busy"), true],
    [new ConveyorError("ledger_unwritable", "full"), true],
    [{ code: "SQLITE_CONSTRAINT_FOREIGNKEY" }, false],
    [{ code: "SQLITE_ERROR" }, false],
    [new ConveyorError("not_found", "no such task"), false],
    [new SyntaxError("no JSON"), false],
    [null, false],
  ])("of %o is %s", (error, expected) => {
    expect(isLedgerTrouble(error)).toBe(expected);
  });
});
