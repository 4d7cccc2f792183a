import { existsSync, mkdtempSync, realpathSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { type RecordMeaning, STANDARD_KIND } from "@conveyor/host";
import {
  type EarlierRecord,
  type EarlierReport,
  type EarlierSnapshot,
  earlierLedger,
  type FastTx,
  Store,
} from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { observe } from "../observation/observed.ts";
import { recordsOf } from "../shared/agent-records.ts";
import { type Observed, openObserved } from "../shared/observed.ts";

/**
 * Take over a database of the earlier tool (spec 07 §7.4). The file is copied and only the copy is opened. Without
 * `apply` everything is done and taken back. When the file stands where the ledger belongs, the new ledger takes its
 * place and the file is kept beside it. Throws `ledger_missing`, `ledger_invalid`, `ledger_unsupported`, `ledger_busy`.
 */
export async function importLedger(
  ctx: HostCtx,
  input: Input<"workers.importLedger">,
): Promise<Output<"workers.importLedger">> {
  const snapshot = earlierLedger.openEarlierSnapshot(input.from);
  try {
    const { report, backup_path } = await importSnapshot(ctx, snapshot, input.apply);
    const sum = (of: "imported" | "skipped") => report.tables.reduce((total, table) => total + table[of], 0);
    return {
      apply: input.apply,
      from: input.from,
      ledger: ctx.settings.ledger_path,
      schema_version: snapshot.schema_version,
      source_sha256: snapshot.sha256,
      backup_path,
      imported_count: sum("imported"),
      skipped_count: sum("skipped"),
      ...report,
    };
  } finally {
    snapshot.close();
  }
}

interface Imported {
  report: EarlierReport;
  backup_path: string | null;
}

async function importSnapshot(ctx: HostCtx, snapshot: EarlierSnapshot, apply: boolean): Promise<Imported> {
  const { ledger_path } = ctx.settings;
  const in_place = existsSync(ledger_path) && realpathSync(ledger_path) === realpathSync(snapshot.path);
  if (in_place && apply) return replace(ctx, snapshot);
  if (apply || (existsSync(ledger_path) && !in_place)) {
    return { report: await importInto(ctx, ledger_path, snapshot, apply), backup_path: null };
  }
  // A dry run makes no ledger where there is none: it goes into one that nobody sees.
  const folder = mkdtempSync(join(tmpdir(), "conveyor-dry-run-"));
  try {
    return { report: await importInto(ctx, join(folder, "workerctl.db"), snapshot, true), backup_path: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A ledger and what lies beside it under its name: SQLite's log and index, and the store's note of which files belong together. */
const COMPANIONS = ["", "-wal", "-shm", "-files"] as const;

/** Build the new ledger beside the file, then let it take the file's place. The file itself is renamed and never written. */
async function replace(ctx: HostCtx, snapshot: EarlierSnapshot): Promise<Imported> {
  const place = realpathSync(ctx.settings.ledger_path);
  const unfinished = `${place}.importing-${process.pid}`;
  try {
    const report = await importInto(ctx, unfinished, snapshot, true);
    if (!snapshot.isCurrent()) throw earlierLedger.beingWritten(snapshot.path);
    const backup_path = freeName(`${place}.bak-v${snapshot.schema_version}`);
    for (const suffix of COMPANIONS) {
      if (existsSync(place + suffix)) renameSync(place + suffix, backup_path + suffix);
    }
    renameSync(unfinished, place);
    return { report, backup_path };
  } finally {
    for (const suffix of COMPANIONS) rmSync(unfinished + suffix, { force: true });
  }
}

function freeName(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** Carries the report out of a transaction that is taken back. */
class TakenBack extends Error {
  readonly report: EarlierReport;

  constructor(report: EarlierReport) {
    super("taken back");
    this.report = report;
  }
}

async function importInto(
  ctx: HostCtx,
  path: string,
  snapshot: EarlierSnapshot,
  keep: boolean,
): Promise<EarlierReport> {
  const store = Store.open({
    path,
    create: true,
    durable: ctx.settings.durable,
    clock: ctx.host.clock,
    host_id: () => ctx.host.host_id,
  });
  // The earlier tool knew one kind of agent.
  const meaning = recordsOf(ctx.agents, { agent_kind: STANDARD_KIND, name: "of the earlier tool" });
  try {
    return await store.fast((tx) => {
      const report = earlierLedger.importEarlier(tx, snapshot, {
        observe: (thread_id, records) => observationOf(meaning, thread_id, records),
      });
      if (!keep) throw new TakenBack(report);
      if (!report.already_imported) recordImport(tx, snapshot, report);
      return report;
    });
  } catch (thrown) {
    if (thrown instanceof TakenBack) return thrown.report;
    throw thrown;
  } finally {
    await store.close();
  }
}

function recordImport(tx: FastTx, snapshot: EarlierSnapshot, report: EarlierReport): void {
  const { schema_version, sha256 } = snapshot;
  const tables = Object.fromEntries(report.tables.map(({ table, imported }) => [table, imported]));
  tx.tell("database_migrated", {
    attributes: {
      source: "earlier_tool",
      from_version: schema_version,
      source_sha256: sha256,
      imported: tables,
      skipped_count: report.tables.reduce((total, { skipped }) => total + skipped, 0),
      renamed_count: report.renamed.length,
    },
    summary: `a ledger of the earlier tool (version ${schema_version}) was imported`,
  });
}

/** What ingest would have kept of these records, had it read them itself. */
function observationOf(meaning: RecordMeaning, thread_id: string | null, records: Iterable<EarlierRecord>): string {
  const observed: Observed = openObserved(null, thread_id);
  for (const { id, payload_json, timestamp, type, subtype, item_type, turn_id, thread_id: own } of records) {
    observe(
      meaning,
      observed,
      id,
      { timestamp, type, subtype, item_type, turn_id, thread_id: own ?? thread_id },
      payloadOf(payload_json),
    );
  }
  return JSON.stringify(observed);
}

function payloadOf(payload_json: string): Record<string, unknown> {
  const payload: unknown = JSON.parse(payload_json);
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload))
    return payload as Record<string, unknown>;
  return {};
}
