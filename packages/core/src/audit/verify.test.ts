import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { add as addCriterion } from "../criteria/add.ts";
import { create as createReceipt } from "../receipts/create.ts";
import { createWorld, type World } from "../testing/world.ts";
import { verify } from "./verify.ts";

let world: World;
beforeEach(async () => {
  world = createWorld();
  await world.task({ name: "parser" });
  for (const criterion of ["one", "two", "three"]) {
    const call = { task: "parser", criterion, source: "user_requested", status: "accepted" };
    await addCriterion(world.ctx, operations.criteria.add.input.parse(call));
  }
});
afterEach(() => world.close());

/** What somebody does who can write into the file, triggers or not. */
const tamper = (sql: string) =>
  world.store.fast((tx) => {
    tx.handle.exec('DROP TRIGGER IF EXISTS "events_no_update"; DROP TRIGGER IF EXISTS "events_no_delete";');
    tx.handle.exec(sql);
  });
const events = () =>
  world.store.peek((tx) => tx.handle.prepare("SELECT id, seq, hash FROM events ORDER BY seq").all()) as Promise<
    { id: bigint; seq: bigint; hash: string | null }[]
  >;

it("finds an audit as it was written, and names its head", async () => {
  const rows = await events();
  const report = await verify(world.ctx, {});
  expect(report).toMatchObject({ ok: true, events: rows.length, broken: null, pruned: null, unsealed: 0 });
  expect(report.head).toEqual({ seq: Number(rows.at(-1)?.seq), hash: rows.at(-1)?.hash });
  expect((await verify(world.ctx, { head: report.head.hash })).head_found).toBe(true);
  expect(await verify(world.ctx, { head: "0".repeat(64) })).toMatchObject({ ok: false, head_found: false });
});

it.each([
  ["a text", `UPDATE events SET payload_json = '{"criterion":"other"}' WHERE id = ?`, 0],
  ["an actor", "UPDATE events SET actor = 'ghost' WHERE id = ?", 0],
  ["a time", "UPDATE events SET created_at = '2001-01-01T00:00:00.000Z' WHERE id = ?", 0],
  ["a task", "UPDATE events SET task_id = NULL WHERE id = ?", 0],
  ["an entry that is gone", "DELETE FROM events WHERE id = ?", 1],
  ["a hash", "UPDATE events SET hash = NULL, type = 'x' WHERE id = ?", 1],
])("names the first entry that does not fit after a change of %s", async (_what, sql, after) => {
  const rows = await events();
  const at = rows.length - 3;
  await tamper(sql.replace("?", String(rows[at]?.id)));
  expect(await verify(world.ctx, {})).toMatchObject({ ok: false, broken: { seq: Number(rows[at + after]?.seq) } });
});

it("covers what came without hashes: an older ledger, an import", async () => {
  await tamper("UPDATE events SET hash = NULL");
  const before = await events();
  const open = await verify(world.ctx, {});
  expect(open).toMatchObject({ ok: true, unsealed: before.length });
  await world.task({ name: "next" });
  const sealed = await verify(world.ctx, { head: open.head.hash });
  expect(sealed).toMatchObject({ ok: true, unsealed: 0, head_found: true });
  await tamper(`UPDATE events SET type = 'other' WHERE id = ${before[0]?.id}`);
  expect((await verify(world.ctx, {})).broken?.seq).toBe(Number((await events())[before.length]?.seq));
});

it("goes on from an anchor where the beginning was taken away, and not without one", async () => {
  const rows = await events();
  const [gone] = [rows[1]];
  await tamper(`DELETE FROM events WHERE seq <= ${gone?.seq}`);
  expect((await verify(world.ctx, {})).ok).toBe(false);
  await tamper(
    `INSERT INTO audit_anchors (upto_seq, events, hash, reason, created_at) VALUES (${gone?.seq}, 2, '${gone?.hash}', 'pruned', 'now')`,
  );
  expect(await verify(world.ctx, {})).toMatchObject({ ok: true, events: rows.length - 2, pruned: { events: 2 } });
});

it("is caught by a receipt when somebody writes a whole new chain", async () => {
  await createReceipt(world.ctx, operations.receipts.create.input.parse({ task: "parser", root: world.cwd }));
  expect(await verify(world.ctx, {})).toMatchObject({ ok: true, receipts: { checked: 1, failed: [] } });
  await tamper(
    "UPDATE events SET hash = NULL; UPDATE events SET actor = 'ghost' WHERE seq = (SELECT min(seq) FROM events)",
  );
  await world.task({ name: "seals it anew" });
  const report = await verify(world.ctx, {});
  expect([report.broken, report.ok, report.receipts.failed.length]).toEqual([null, false, 1]);
});
