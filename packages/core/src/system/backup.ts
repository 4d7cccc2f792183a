import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { assertOutputPlace, makeFolder, realPath } from "@conveyor/files";
import { copyLedger } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/**
 * Copy the ledger as it is now, and record that it was copied (spec 07 §7.13 item 9). Throws `invalid_input` when the file
 * is there already or cannot be written, `ledger_unwritable` when the disk is full; nothing of it is left then.
 */
export async function backup(ctx: Ctx, input: Input<"system.backup">): Promise<Output<"system.backup">> {
  const taken_at = ctx.host.clock.iso();
  const path = input.to ?? defaultPlace(ctx, taken_at);
  const ledger = realPath(ctx.store.path);
  if ([ledger, `${ledger}-wal`, `${ledger}-shm`].includes(realPath(path))) {
    throw new ConveyorError("invalid_input", `${path} is the ledger itself`, {
      hint: "name another file with --output",
      details: { kind: "output", path },
    });
  }
  if (existsSync(path) && !input.force) {
    throw new ConveyorError("invalid_input", `there is a file at ${path} already`, {
      hint: "name another one with --output, or add --force",
      details: { kind: "output", path },
    });
  }
  assertOutputPlace(path, "--output");
  const { bytes, sha256, user_version: schema_version } = await copyLedger(ctx.store.path, path);
  const facts = { path, bytes, sha256, schema_version };
  await ctx.store.fast((tx) =>
    tx.tell("ledger_backed_up", { attributes: facts, summary: `the ledger was copied, ${bytes} bytes` }),
  );
  return { ...facts, taken_at };
}

/** A file in the folder of backups, named after the moment. */
function defaultPlace({ settings }: Ctx, taken_at: string): string {
  const folder = join(settings.state_root, "backups");
  makeFolder(folder);
  return join(folder, `workerctl-${taken_at.replace(/[:.-]/g, "")}.db`);
}
