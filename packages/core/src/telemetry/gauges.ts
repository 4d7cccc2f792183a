import { telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** What a ledger holds and how large it is, for a monitor: numbers and words of ours, no text of anybody. */
export interface LedgerGauges {
  rows: telemetryRows.GaugeRow[];
  bytes: number;
  sequence: number;
}

/** Count what the ledger holds. Throws what reading it throws. */
export function ledgerGauges(ctx: Pick<Ctx, "store">): Promise<LedgerGauges> {
  return ctx.store.peek((tx) => ({ rows: telemetryRows.ledgerGaugeRows(tx), ...telemetryRows.ledgerSize(tx) }));
}
