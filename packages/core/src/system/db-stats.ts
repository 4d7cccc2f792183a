import type { Output } from "@conveyor/contracts";
import { viewRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** What each table of the ledger takes, the largest first (spec 07 §7.13 item 7). */
export async function dbStats(ctx: Ctx): Promise<Output<"system.dbStats">> {
  return ctx.store.peek((tx) => ({
    path: ctx.store.path,
    database_bytes: viewRows.ledgerBytes(tx),
    content_bytes: viewRows.contentBytes(tx),
    tables: viewRows.tableSizes(tx),
  }));
}
