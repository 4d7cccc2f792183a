import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { Store } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EarlierLedger, fillWithWork } from "../../../store/src/earlier/testing/earlier-ledger.ts";
import type { Ctx } from "../ctx.ts";
import { createWorld, type World } from "../testing/world.ts";
import { importLedger } from "./import-ledger.ts";
import { status } from "./status.ts";

let world: World;
let root: string;
let ledger: string;
beforeEach(() => {
  world = createWorld();
  root = join(world.root, "project", ".codex-workers");
  ledger = join(root, "workerctl.db");
  mkdirSync(root, { recursive: true });
});
afterEach(() => world.close());

/** A caller whose ledger is elsewhere than this world's. */
const caller = (): Ctx => ({
  ...world.ctx,
  settings: { ...world.ctx.settings, state_root: root, ledger_path: ledger },
});
const take = (from: string, apply: boolean) => importLedger(caller(), { from, apply });
const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

function earlier(path: string): string {
  const db = new EarlierLedger(path);
  fillWithWork(db);
  db.close();
  return path;
}

async function inside<T>(look: (store: Store) => Promise<T>): Promise<T> {
  const store = Store.open({ path: ledger, create: false, clock: world.host.clock });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

describe("import-compat --from", () => {
  it("shows without --apply what it would do, and makes no ledger", async () => {
    const from = earlier(join(world.root, "old.db"));
    const plan = await take(from, false);
    expect(plan).toMatchObject({
      apply: false,
      schema_version: 26,
      already_imported: false,
      skipped_count: 0,
      backup_path: null,
    });
    expect(plan.tables.find(({ table }) => table === "commands")).toMatchObject({ found: 5, imported: 5 });
    expect(readdirSync(root)).toEqual([]);
  });

  it("shows the same for a ledger that is there, and takes it back", async () => {
    const from = earlier(join(world.root, "old.db"));
    await Store.open({ path: ledger, create: true, clock: world.host.clock }).close();
    const plan = await take(from, false);
    const done = await take(from, true);
    expect({ ...done, apply: false }).toEqual(plan);
    expect(await take(from, true)).toMatchObject({ already_imported: true, imported_count: 0 });
  });

  it("leaves a record without content", async () => {
    await take(earlier(join(world.root, "old.db")), true);
    const event = await inside((store) =>
      store.read((tx) => tx.db.events.findFirst({ where: { type: "database_migrated" } })),
    );
    expect(JSON.parse(event?.payload_json ?? "")).toMatchObject({
      from_version: 26,
      renamed_count: 0,
      imported: { tasks: 1 },
    });
  });

  it("takes the place of the ledger of the earlier tool, which is kept as it was", async () => {
    earlier(ledger);
    const before = hashOf(ledger);
    expect(() => Store.open({ path: ledger, create: true, clock: world.host.clock })).toThrow(
      expect.objectContaining({
        code: "ledger_unsupported",
        hint: expect.stringContaining(`import-compat --from '${ledger}'`),
      }),
    );
    await take(ledger, false);
    expect(hashOf(ledger)).toBe(before);

    const done = await take(ledger, true);
    expect(done.backup_path).toBe(`${ledger}.bak-v26`);
    expect(hashOf(`${ledger}.bak-v26`)).toBe(before);
    expect(statSync(ledger).mode & 0o777).toBe(0o600);
    expect(readdirSync(root).filter((name) => name.includes("importing"))).toEqual([]);
    expect(await inside((store) => store.read((tx) => tx.db.tasks.findMany()))).toMatchObject([
      { name: "auth", state: "managed" },
    ]);
    await expect(take(ledger, true)).rejects.toMatchObject({
      code: "ledger_invalid",
      message: expect.stringContaining("already a Conveyor ledger"),
    });
  });

  it("keeps the file in place when somebody still writes to it", async () => {
    const running = new EarlierLedger(ledger);
    fillWithWork(running);
    const ctx = caller();
    // The moment at which the new ledger is stamped lies between the copy and the exchange.
    const iso = () => {
      running.event("late");
      return world.host.clock.iso();
    };
    const clock = { ...ctx.host.clock, iso };
    await expect(
      importLedger({ ...ctx, host: { ...ctx.host, clock } }, { from: ledger, apply: true }),
    ).rejects.toMatchObject({ code: "ledger_busy" });
    running.close();
    expect(readdirSync(root).filter((name) => name !== "workerctl.db")).toEqual([]);
    expect(existsSync(ledger)).toBe(true);
  });

  it("goes on where the earlier tool stopped: the state of a worker is known", async () => {
    await take(earlier(join(world.root, "old.db")), true);
    const seen = await inside((store) =>
      status({ ...caller(), store }, operations.workers.status.input.parse({ name: "auth-worker", no_refresh: true })),
    );
    expect(seen).toMatchObject({ kind: "session", activity: "idle" });
  });

  it("leaves an old backup alone", async () => {
    earlier(`${ledger}.bak-v26`);
    const before = hashOf(`${ledger}.bak-v26`);
    earlier(ledger);
    expect((await take(ledger, true)).backup_path).toBe(`${ledger}.bak-v26-2`);
    expect(hashOf(`${ledger}.bak-v26`)).toBe(before);
  });

  it("refuses what is not there", async () => {
    await expect(take(join(world.root, "none.db"), true)).rejects.toMatchObject({ code: "ledger_missing" });
    await expect(take(world.root, false)).rejects.toMatchObject({ code: "ledger_missing" });
    expect(readdirSync(root)).toEqual([]);
  });
});
