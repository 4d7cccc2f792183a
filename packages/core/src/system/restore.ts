import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readDiscovery } from "@conveyor/files";
import { adoptionFacts, copyLedger, examineCopy, Store, writeOver } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";

/**
 * Put a backup in the place of the ledger (spec 07 §7.13 item 9): it is looked at, brought to the version of this program
 * in a copy, and written over the ledger as one transaction, after the ledger that stands there was kept beside it. Throws
 * `ledger_invalid`, `ledger_unsupported`, `ledger_missing` for the file, `conflict` while a server runs on the ledger, and
 * `confirmation_required`, which says what would happen.
 */
export async function restore(ctx: HostCtx, input: Input<"system.restore">): Promise<Output<"system.restore">> {
  const { ledger_path, durable } = ctx.settings;
  if (!existsSync(input.file)) {
    throw new ConveyorError("ledger_missing", `there is no backup at ${input.file}`, {
      hint: "name a file that `conveyor backup` made",
      details: { path: input.file },
    });
  }
  const { sha256, user_version } = await examineCopy(input.file);
  await assertNoServer(ctx);
  makeFolder(dirname(ledger_path));
  const stamp = ctx.host.clock.iso().replace(/[:.-]/g, "");
  const draft = `${ledger_path}.restoring-${stamp}`;
  try {
    await copyLedger(input.file, draft);
    const copy = Store.open({ path: draft, create: false, durable, clock: ctx.host.clock });
    const { pending, version } = await copy.peek((tx) => ({
      pending: adoptionFacts(tx, ctx.host.host_id).pending_messages,
      version: Number(tx.handle.pragma("user_version", { simple: true })),
    }));
    const answer = { path: ledger_path, restored_from: input.file, sha256, migrated: version !== user_version };
    if (!input.yes) {
      await copy.close();
      throw confirmationRequired({ ...answer, pending_messages: pending });
    }
    const replaced = existsSync(ledger_path) ? `${ledger_path}.before-restore-${stamp}` : null;
    if (replaced !== null) await copyLedger(ledger_path, replaced);
    await copy.fast((tx) =>
      tx.tell("ledger_restored", {
        attributes: { ...answer, replaced, pending_messages: pending },
        summary: "the ledger was restored from a backup",
      }),
    );
    await copy.close();
    if (replaced === null) renameSync(draft, ledger_path);
    else await writeOver(draft, ledger_path);
    return { ...answer, replaced, pending_messages: pending };
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-files"]) rmSync(`${draft}${suffix}`, { force: true });
  }
}

/** A server keeps in mind what the ledger said. */
async function assertNoServer({ host, settings }: HostCtx): Promise<void> {
  const server = readDiscovery(settings.ledger_path);
  if (server === undefined || !(await host.processes.isAlive(server.pid))) return;
  throw new ConveyorError("conflict", `a server (process ${server.pid}) runs on ${settings.ledger_path}`, {
    hint: "end it with `conveyor serve --stop`, then restore",
    details: { kind: "server", pid: server.pid },
  });
}

function confirmationRequired(report: Omit<Output<"system.restore">, "replaced">): ConveyorError {
  const { path, restored_from, pending_messages } = report;
  return new ConveyorError(
    "confirmation_required",
    `${path} would become what ${restored_from} holds; ${pending_messages} messages that were queued then will be delivered, also those that were delivered since`,
    { hint: "the ledger that stands there is kept beside it; restore with --yes", details: { ...report } },
  );
}
