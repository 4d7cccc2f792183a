import type { HealthCheck, Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { readDiscovery } from "@conveyor/files";
import {
  furtherChecks,
  type Handle,
  inheritedChecks,
  ledgerOwner,
  openHandle,
  repairFts,
  repairObjects,
  retention,
  Store,
} from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { releaseExpiredClaims } from "../dispatch/release-claims.ts";
import { commandLine } from "../shared/command-line.ts";
import { foreignness } from "../shared/ledger-guard.ts";
import { type LiveReconcile, liveReconcile } from "./live-reconcile.ts";

/** Findings that are worth knowing and leave the ledger sound. */
const ADVISORY: ReadonlySet<string> = new Set([
  "file_permissions",
  "wal_size",
  "orphan_rollouts",
  "ledger_host",
  "durability",
  "retention_policy",
]);

/**
 * Check the ledger, migrating it when needed (spec 01 §6.18, 07 §7.10.8). A ledger that is newer than this program is
 * reported as not ok and not touched. Throws `ledger_missing`, `ledger_invalid`, `ledger_unwritable`, `ledger_busy`,
 * `foreign_ledger`, and `ledger_unsupported` for a ledger of the earlier tool.
 */
export async function dbDoctor(ctx: HostCtx, input: Input<"system.dbDoctor">): Promise<Output<"system.dbDoctor">> {
  const path = ctx.settings.ledger_path;
  const store = openUnlessNewer(ctx, path);
  if (store === "newer") return examineNewer(path);
  try {
    if (input.repair) await repair(store);
    const live = input.live ? await liveReconcile({ ...ctx, store }, input) : undefined;
    const own = [await hostCheck(ctx), await durabilityCheck(ctx, store), ...(await retentionCheck(ctx, store))];
    return examine(store.handle, path, input.full, { live, own });
  } finally {
    await store.close();
  }
}

function openUnlessNewer(ctx: HostCtx, path: string): Store | "newer" {
  try {
    return Store.open({ path, create: false, durable: ctx.settings.durable, clock: ctx.host.clock });
  } catch (thrown) {
    if (isNewer(thrown)) return "newer";
    throw thrown;
  }
}

function isNewer(thrown: unknown): boolean {
  if (!(thrown instanceof ConveyorError) || thrown.code !== "ledger_unsupported") return false;
  const { user_version, supported_version } = thrown.details;
  return Number(user_version) > Number(supported_version);
}

/** Tables of a later version may have any shape, so none of them is looked into. */
function examineNewer(path: string): Output<"system.dbDoctor"> {
  const handle = openHandle(path, { create: false, accept: "any_schema" });
  try {
    return report(path, inheritedChecks(handle));
  } finally {
    handle.close();
  }
}

/** Whose ledger it is, and whose this is: where the two differ nothing acts on the ledger (spec 00, ruling 9). */
async function hostCheck({ host, settings }: HostCtx): Promise<HealthCheck> {
  const { identity, env, hostname } = host;
  const { host_id } = identity;
  const ledger = { ledger_path: settings.ledger_path, host_id: () => host_id, env };
  const foreign = await foreignness(ledger).catch((thrown: unknown) => asConveyorError(thrown).message);
  return {
    name: "ledger_host",
    ok: foreign === null,
    advisory: true,
    reason: foreign,
    ledger_host_id: ledgerOwner(settings.ledger_path)?.host_id ?? null,
    host_id,
    hostname,
    host_id_file: identity.file,
    host_id_problem: identity.problem,
  };
}

const DURABILITY = {
  durable: "a write is on the disk before it is answered; a power cut takes nothing that was",
  not_durable:
    "a power cut may take the newest writes, never one without all later ones; the ledger stays sound (CONVEYOR_DURABLE=1 asks for more)",
  mixed: "the server promises that a power cut takes nothing; what this process writes, it may take",
};

/**
 * Whether writes of the process that answers wait for the disk, and those of a server when one runs beside it; the answer
 * of the server itself is the same as that of a command without one (spec 00, "Where it runs"). Not ok where this process
 * keeps less than the server promises.
 */
async function durabilityCheck({ host, settings }: HostCtx, { durable }: Store): Promise<HealthCheck> {
  const announced = readDiscovery(settings.ledger_path);
  const isBeside = announced !== undefined && announced.pid !== process.pid;
  const server = isBeside && (await host.processes.isAlive(announced.pid)) ? announced : null;
  const mixed = server?.durable === true && !durable;
  return {
    name: "durability",
    ok: !mixed,
    advisory: true,
    durable,
    synchronous: durable ? "FULL" : "NORMAL",
    server_durable: server?.durable ?? null,
    meaning: DURABILITY[mixed ? "mixed" : durable ? "durable" : "not_durable"],
    remedy: mixed ? "set CONVEYOR_DURABLE=1 for this process, or let it reach the server" : null,
  };
}

/** What the retention policy of the state root would drop now; nothing without one (spec 07 §7.13 item 7). */
async function retentionCheck({ host, settings }: HostCtx, store: Store): Promise<HealthCheck[]> {
  const { wishesOfPolicy } = await import("../transcripts/retention-policy.ts");
  try {
    const wishes = wishesOfPolicy(settings.state_root, host.clock.now());
    if (wishes === undefined) return [];
    const found = await store.peek((tx) => wishes.map((wish) => retention.prunable(tx, wish)));
    const would_prune_count = found.reduce((sum, { rows }) => sum + rows, 0);
    const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
    const remedy = would_prune_count === 0 ? null : commandLine(settings, ["prune"], { policy: true });
    return [
      { name: "retention_policy", ok: would_prune_count === 0, advisory: true, would_prune_count, bytes, remedy },
    ];
  } catch (thrown) {
    const { message } = asConveyorError(thrown);
    return [{ name: "retention_policy", ok: false, advisory: true, reason: message, remedy: null }];
  }
}

function examine(
  handle: Handle,
  path: string,
  full: boolean,
  { live, own }: { live: LiveReconcile | undefined; own: HealthCheck[] },
): Output<"system.dbDoctor"> {
  const further = furtherChecks(handle, { path, full }).map((check) =>
    ADVISORY.has(check.name) ? { ...check, advisory: true } : check,
  );
  return report(
    path,
    [...inheritedChecks(handle), ...(live === undefined ? [] : [live.check]), ...further, ...own],
    live,
  );
}

function report(path: string, checks: HealthCheck[], live?: LiveReconcile): Output<"system.dbDoctor"> {
  return {
    ok: checks.every(({ name, ok }) => ok || ADVISORY.has(name)),
    path,
    schema_version: versionIn(checks, "schema_version"),
    user_version: versionIn(checks, "user_version"),
    checks,
    ...(live === undefined ? {} : { live_reconcile: live.report }),
  };
}

function versionIn(checks: readonly HealthCheck[], name: string): number | null {
  const value = checks.find((check) => check.name === name)?.["value"];
  return typeof value === "number" ? value : null;
}

/** Make what is missing of the schema and of the search index, and release claims of the dead; recorded when there were any. */
async function repair(store: Store): Promise<void> {
  await store.fast((tx) => {
    const objects = repairObjects(tx.handle);
    const fts = repairFts(tx.handle);
    const claims_released = releaseExpiredClaims(tx, "db-doctor");
    if (objects.created.length + objects.failed.length + fts.missing + fts.surplus + claims_released === 0) return;
    tx.tell("database_repaired", {
      attributes: {
        objects_created: objects.created,
        objects_failed: objects.failed.map(({ name }) => name),
        search_rows_missing: fts.missing,
        search_rows_surplus: fts.surplus,
        claims_released,
      },
      summary: `ledger repaired: ${objects.created.length} objects, ${fts.missing + fts.surplus} search rows, ${claims_released} claims`,
    });
  });
}
