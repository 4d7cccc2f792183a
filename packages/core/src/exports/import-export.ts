import { createHash } from "node:crypto";
import type { BundleManifest, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { bundleRows, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type BundleSource, invalidBundle, openBundle } from "./bundle-source.ts";
import { IMPORTED_HOST, importedRow, LEFT_OUT } from "./imported-row.ts";
import { bundleRowsOf, checkFile, readManifest } from "./read-bundle.ts";

/** Rows between two looks at whether the caller still wants them. */
const ROWS_AT_ONCE = 500;

/**
 * Put the rows of a bundle into an empty ledger under their own numbers, so that it tells what the other one told (spec 07
 * §7.13, 4). All of it or nothing: a bundle that does not fit its own manifest leaves the ledger as it was. Throws
 * `bundle_invalid`, `ledger_unsupported` (made by a newer version), `conflict` (the ledger is not empty), `not_found`.
 */
export async function importExport(
  ctx: Ctx,
  input: Input<"exports.importExport">,
): Promise<Output<"exports.importExport">> {
  const source = await openBundle(input.bundle);
  try {
    const { manifest, text } = await readManifest(source);
    const tables = new Set(bundleRows.BUNDLE_TABLES.map(({ file }) => file));
    // What brings no rows is checked before the ledger is touched, and so made, at all.
    for (const name of manifest.files) if (input.check || !tables.has(name)) await checkFile(source, manifest, name);
    const answer = { bundle: input.bundle, manifest };
    if (input.check)
      return { ...answer, imported: false, ledger_path: null, rows: await countRows(ctx, source, manifest) };
    const rows = await ctx.store.write((tx) => restore(ctx, tx, { source, manifest, text, bundle: input.bundle }));
    return { ...answer, imported: true, ledger_path: ctx.store.path, rows };
  } finally {
    source.close();
  }
}

interface Restoring {
  source: BundleSource;
  manifest: BundleManifest;
  text: string;
  bundle: string;
}

async function restore(
  ctx: Ctx,
  tx: WriteTx,
  { source, manifest, text, bundle }: Restoring,
): Promise<Record<string, number>> {
  if (!bundleRows.isEmptyLedger(tx)) {
    throw new ConveyorError("conflict", `the ledger ${ctx.store.path} is not empty`, {
      hint: "name one that does not exist yet: `conveyor import-export BUNDLE --path FILE`",
      details: { path: ctx.store.path },
    });
  }
  bundleRows.deferReferences(tx);
  const counts: Record<string, number> = {};
  let last_seq = 0;
  for (const { table, file } of bundleRows.BUNDLE_TABLES) {
    const restorer = new bundleRows.RowRestorer(tx, table);
    let count = 0;
    for await (const row of bundleRowsOf(source, manifest, file)) {
      count += 1;
      if (count % ROWS_AT_ONCE === 0) ctx.signal.throwIfAborted();
      if (LEFT_OUT.includes(table)) continue;
      try {
        restorer.insert(importedRow(table, row, ctx.host.ids));
      } catch (error) {
        throw invalidBundle(`does not fit the ledger in row ${count}: ${(error as Error).message}`, file, error);
      }
    }
    if (!LEFT_OUT.includes(table)) counts[table] = count;
    last_seq = Math.max(last_seq, restorer.last_seq);
  }
  const broken = bundleRows.brokenReference(tx);
  if (broken !== undefined) {
    throw invalidBundle(`rows of ${broken.table} name rows of ${broken.parent} that are not in it`);
  }
  if (counts["tasks"] !== 1) throw invalidBundle("it is not a bundle of one task");
  bundleRows.disownLedger(tx, IMPORTED_HOST);
  const present = tx.seq();
  if (last_seq > present) tx.reserveSeq(last_seq - present);
  tx.tell("bundle_imported", {
    summary: `bundle of ${manifest.task.name} imported`,
    attributes: {
      ...{ bundle, bundle_task_id: manifest.task.id, created_at: manifest.created_at },
      rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
      manifest_sha256: createHash("sha256").update(text).digest("hex"),
    },
  });
  return counts;
}

async function countRows(ctx: Ctx, source: BundleSource, manifest: BundleManifest): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, file } of bundleRows.BUNDLE_TABLES) {
    let count = 0;
    for await (const _row of bundleRowsOf(source, manifest, file)) count += 1;
    counts[table] = count;
    ctx.signal.throwIfAborted();
  }
  return counts;
}
