import type { Host } from "@conveyor/host";

type Row = Readonly<Record<string, unknown>>;

/** The host that a ledger with a bundle in it says it belongs to: none that there is, so nothing acts on it until it is adopted. */
export const IMPORTED_HOST = "imported";

/** Tables that stay in the bundle: a receipt vouches for the ledger that it was signed in. */
export const LEFT_OUT: readonly string[] = ["receipts"];

/** What names a terminal, a process or a file of the machine that a bundle came from, and means something else here. */
const OF_THE_MACHINE: Row = {
  ...{ tmux_session: null, tmux_pane_id: null, tmux_socket: null, terminal_pid: null, terminal_started_at: null },
  ...{ pid: null, pid_started_at: null, seen: null, codex_session_path: null, codex_home: null, liveness: "none" },
};

/** How rows of some tables are changed on their way in: secrets that no bundle holds, and what only the other machine knew. */
const CHANGES: Readonly<Record<string, (row: Row, ids: Host["ids"]) => Row>> = {
  sessions: (row, ids) => ({ ...row, ...OF_THE_MACHINE, identity_token: ids.next("session-token") }),
  workers: (row, ids) => ({ ...row, tmux_pane_id: null, identity_token: ids.next("workerctl") }),
  // What came from elsewhere is never run by itself (spec 09 §9.8).
  checks: (row) => ({ ...row, accepted_by: null }),
};

/** A row of a bundle as the ledger takes it. */
export function importedRow(table: string, row: Row, ids: Host["ids"]): Row {
  return CHANGES[table]?.(row, ids) ?? row;
}
