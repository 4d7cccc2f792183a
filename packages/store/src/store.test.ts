import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertAudit } from "./events.ts";
import { Store } from "./store.ts";
import type { FastTx, WriteTx } from "./transaction.ts";

const clock = { iso: () => "2026-11-21T10:00:00.000Z" };

let folder: string;
let path: string;
const open: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-store-"));
  path = join(folder, "state/workerctl.db");
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true, force: true });
});

function openStore(options: { create?: boolean; lock_wait_ms?: number; durable?: boolean } = {}): Store {
  const store = Store.open({ path, create: true, clock, ...options });
  open.push(store);
  return store;
}

function addTask(tx: WriteTx, name: string) {
  const seq = tx.seq();
  const times = { created_at: tx.now, updated_at: tx.now, seq, updated_seq: seq };
  return tx.db.tasks.create({
    data: { id: `task-${name}`, name, goal: "g", summary: null, state: "candidate", ...times },
  });
}

const noted = (tx: FastTx, payload: Record<string, unknown> = {}) =>
  insertAudit(tx, { type: "noted", actor: "workerctl", payload });
const counts = (store: Store) =>
  store.read(async (tx) => [
    await tx.db.tasks.count(),
    await tx.db.events.count(),
    await tx.db.telemetry_events.count(),
  ]);

describe("a ledger", () => {
  it("is made private, and only when it may be made", () => {
    expect(() => openStore({ create: false })).toThrow(expect.objectContaining({ code: "ledger_missing" }));
    openStore();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "state")).mode & 0o777).toBe(0o700);
  });

  it("waits for the disk when it is to be durable, whether it is new or was there", () => {
    const modes = [true, false, true].map((durable) => {
      const store = openStore({ durable });
      const setting = (name: string) => Number(store.handle.pragma(name, { simple: true }));
      return [store.durable, setting("synchronous"), setting("fullfsync"), setting("checkpoint_fullfsync")];
    });
    expect(modes).toEqual([
      [true, 2, 1, 1],
      [false, 1, 0, 1],
      [true, 2, 1, 1],
    ]);
    expect(openStore().durable).toBe(false);
  });

  it("is refused when the file is something else", () => {
    path = join(folder, "other.db");
    writeFileSync(path, "no database at all, only text that is long enough to be looked at\n".repeat(20));
    expect(() => openStore()).toThrow(expect.objectContaining({ code: "ledger_invalid" }));
  });
});

describe("a write", () => {
  it("keeps rows, audit and telemetry together, and nothing of them when it fails", async () => {
    const store = openStore();
    const told = { summary: "made", attributes: { name: "auth", goal: "make it work", summary: null } };
    await store.write(async (tx) => {
      await addTask(tx, "kept");
      tx.tell("task_created", { ...told, task_id: "task-kept" });
    });
    const failed = store.write(async (tx) => {
      await addTask(tx, "lost");
      tx.tell("task_created", { ...told, task_id: "task-lost" });
      throw new Error("in the middle");
    });
    await expect(failed).rejects.toThrow("in the middle");
    expect(await counts(store)).toEqual([1, 1, 1]);
  });

  it("orders everything by one sequence, over several connections", async () => {
    const stores = [openStore(), openStore(), openStore()];
    const writes = Array.from({ length: 30 }, (_, index) => stores[index % 3]?.fast((tx) => noted(tx, { index })));
    await Promise.all(writes);
    const rows = await stores[0]?.read((tx) => tx.db.events.findMany({ orderBy: { seq: "asc" } }));
    expect(rows?.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it("gives up with a typed error when another connection does not let go, and loses nothing", async () => {
    const holder = openStore();
    const waiting = openStore({ lock_wait_ms: 100 });
    let release = () => {};
    const held = holder.write(async (tx) => {
      await addTask(tx, "held");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    await expect.poll(() => holder.handle.inTransaction).toBe(true);
    await expect(waiting.fast((tx) => tx.seq())).rejects.toMatchObject({ code: "ledger_busy" });
    release();
    await held;
    await expect(waiting.fast((tx) => tx.seq())).resolves.toBeGreaterThan(0);
  });
});

describe("the change signal", () => {
  it("wakes a waiter when this or another connection commits, and not when nothing was written", async () => {
    const [mine, other] = [openStore(), openStore()];
    for (const writer of [mine, other]) {
      const since = mine.changes.version;
      const woken = mine.changes.wait(since, { timeout_ms: 20_000 });
      await writer.fast((tx) => noted(tx));
      expect(await woken).toBe("changed");
    }
    const since = mine.changes.version;
    await mine.peek((tx) => tx.sql.hot("SELECT 1").get());
    expect(await mine.changes.wait(since, { timeout_ms: 50 })).toBe("timeout");
  });

  it("ends a wait when its caller aborts or the ledger is closed", async () => {
    const store = openStore();
    const controller = new AbortController();
    const since = store.changes.version;
    const aborted = store.changes.wait(since, { timeout_ms: 20_000, signal: controller.signal });
    controller.abort();
    expect(await aborted).toBe("aborted");
    const closed = store.changes.wait(since, { timeout_ms: 20_000 });
    await store.close();
    expect(await closed).toBe("aborted");
  });
});
