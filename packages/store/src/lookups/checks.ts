import type { FastTx } from "../transaction.ts";

/** How a run of a check stands, as far as somebody waits for it. */
export interface RunStanding {
  state: string;
  cancel_requested_at: string | null;
}

/** How a run stands; undefined when there is none of this number. */
export function runStanding(tx: FastTx, id: number): RunStanding | undefined {
  return tx.sql.hot("SELECT state, cancel_requested_at FROM check_runs WHERE id = ?").get(id) as
    | RunStanding
    | undefined;
}
