import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertAudit } from "./events.ts";
import { Store } from "./store.ts";
import type { FastTx } from "./transaction.ts";

let folder: string;
let path: string;
const open: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-files-"));
  path = join(folder, "state", "workerctl.db");
  mkdirSync(join(folder, "state"), { mode: 0o700 });
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const clock = { iso: () => "2026-01-02T03:04:05.000Z" };

function openStore(at: string = path): Store {
  const store = Store.open({ path: at, create: true, clock });
  open.push(store);
  return store;
}

const noted = (tx: FastTx, type: string) => insertAudit(tx, { type, actor: "workerctl", payload: {} });
const write = (store: Store, name: string) => store.fast((tx) => noted(tx, name));
const names = (store: Store) =>
  store.peek((tx) =>
    (tx.sql.hot("SELECT type FROM events ORDER BY seq").all() as { type: string }[]).map(({ type }) => type),
  );

/** A ledger that holds `event` and nothing else, closed. */
async function backup(event: string): Promise<string> {
  const made = join(folder, `${event}.db`);
  const store = Store.open({ path: made, create: true, clock });
  await write(store, event);
  await store.close();
  rmSync(`${made}-files`, { force: true });
  return made;
}

/** What happens to a ledger that is open, and whether its path leads to a ledger afterwards. */
const HAPPENINGS: { what: string; found: string; happen: () => Promise<unknown> | unknown }[] = [
  { what: "it is deleted", found: "gone", happen: () => rmSync(path) },
  { what: "all its files are deleted", found: "gone", happen: removeAll },
  { what: "it is moved", found: "gone", happen: () => renameSync(path, `${path}.moved`) },
  { what: "its folder is moved", found: "gone", happen: () => renameSync(join(folder, "state"), join(folder, "away")) },
  { what: "its folder is deleted", found: "gone", happen: () => rmSync(join(folder, "state"), { recursive: true }) },
  { what: "a copy is put in its place", found: "replaced", happen: putCopyInPlace },
  {
    what: "a backup is put in its place",
    found: "replaced",
    happen: async () => renameSync(await backup("kept"), path),
  },
  {
    what: "a backup is copied where it was deleted",
    found: "replaced",
    happen: async () => {
      const from = await backup("kept");
      rmSync(path);
      copyFileSync(from, path);
    },
  },
  { what: "its log is deleted", found: "log_gone", happen: () => rmSync(`${path}-wal`) },
  { what: "the index of its log is deleted", found: "log_gone", happen: () => rmSync(`${path}-shm`) },
];

function removeAll(): void {
  for (const name of readdirSync(join(folder, "state"))) rmSync(join(folder, "state", name));
}

function putCopyInPlace(): void {
  copyFileSync(path, `${path}.copy`);
  renameSync(`${path}.copy`, path);
}

describe.each(HAPPENINGS)("when $what", ({ found, happen }) => {
  it("nothing is written to it or answered from it any more", async () => {
    const store = openStore();
    await write(store, "before");
    await happen();
    expect(store.whereabouts()).toBe(found);
    const refusal = { code: "ledger_replaced", details: { found } };
    await expect(write(store, "after")).rejects.toMatchObject(refusal);
    await expect(store.write(async (tx) => noted(tx, "after"))).rejects.toMatchObject(refusal);
    await expect(names(store)).rejects.toMatchObject(refusal);
    await expect(store.read(async (tx) => tx.db.events.count())).rejects.toMatchObject(refusal);
  });

  it("a write that it happens to is not acknowledged", async () => {
    const store = openStore();
    await write(store, "before");
    const late = store.write(async (tx) => {
      await happen();
      return noted(tx, "late");
    });
    await expect(late).rejects.toMatchObject({ code: "ledger_replaced", details: { committed: true } });
  });
});

describe("a backup that was put in the place of an open ledger", () => {
  const replace = async () => renameSync(await backup("kept"), path);

  it("is what the next one opens, and keeps what it holds after the first let go", async () => {
    const first = openStore();
    await write(first, "undone by the restore");
    await replace();
    const second = openStore();
    expect(await names(second)).toEqual(["kept"]);
    await write(second, "new");
    await first.close();
    expect(await names(second)).toEqual(["kept", "new"]);
    expect(existsSync(`${path}-wal.set-aside`)).toBe(true);
  });

  it("wins also over a log that a killed process left", async () => {
    const killed = openStore();
    await write(killed, "undone by the restore");
    await replace();
    // The killed process cannot put its log aside any more; the next one to open the ledger does.
    const next = openStore();
    expect(await names(next)).toEqual(["kept"]);
  });
});

describe("a ledger that comes with its own log", () => {
  it.each(["copied", "moved"])("is read whole when its folder was %s", async (how) => {
    const store = openStore();
    await write(store, "in the log");
    const elsewhere = join(folder, "elsewhere");
    if (how === "copied") cpSync(join(folder, "state"), elsewhere, { recursive: true });
    else renameSync(join(folder, "state"), elsewhere);
    expect(await names(openStore(join(elsewhere, "workerctl.db")))).toEqual(["in the log"]);
  });
});

it("what was acknowledged before the log was deleted is in the ledger once it is let go of", async () => {
  const store = openStore();
  await write(store, "acknowledged");
  rmSync(`${path}-wal`);
  rmSync(`${path}-shm`);
  await store.close();
  expect(await names(openStore())).toEqual(["acknowledged"]);
});

it("other processes that open, write and leave change nothing about it", async () => {
  const store = openStore();
  for (let round = 0; round < 5; round += 1) {
    const other = Store.open({ path, create: false, clock });
    await write(other, `round ${round}`);
    await other.compact({ vacuum: true });
    await other.close();
    expect(store.whereabouts()).toBe("in_place");
  }
  expect(await names(store)).toHaveLength(5);
});
