import type { NotificationSummary } from "@conveyor/contracts";
import type { dispatchRows } from "@conveyor/store";
import type { ReadableRow } from "./readable-row.ts";

/** An item with its payload and the newest answer to it. */
export type ChainItem = ReadableRow<dispatchRows.ReportRow> & Pick<NotificationSummary, "acknowledgement">;
export type ChainCommand = ReadableRow<dispatchRows.OverviewCommandRow>;
export type ChainAttempt = ReadableRow<dispatchRows.OverviewAttemptRow>;

/** What one chain consists of: a command with its items, or an item that no command asked for. Oldest first. */
export interface ChainParts {
  command: ChainCommand | undefined;
  items: readonly ChainItem[];
  attempts: readonly ChainAttempt[];
  /** The manager's decision behind it, if it is known. */
  decision: dispatchRows.OverviewDecisionRow | undefined;
}
