import { existsSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { Store } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";

/**
 * Look into the ledger of a state root when there is one. For commands that read worker folders and must work without a
 * ledger too: one that is missing or cannot be read answers null (spec 07 §7.3).
 */
export async function withExistingLedger<T>(ctx: HostCtx, look: (store: Store) => Promise<T>): Promise<T | null> {
  const { ledger_path } = ctx.settings;
  if (!existsSync(ledger_path)) return null;
  let store: Store | undefined;
  try {
    store = Store.open({ path: ledger_path, create: false, durable: ctx.settings.durable, clock: ctx.host.clock });
    return await look(store);
  } catch (thrown) {
    if (thrown instanceof ConveyorError && thrown.code.startsWith("ledger_")) return null;
    throw thrown;
  } finally {
    await store?.close();
  }
}
