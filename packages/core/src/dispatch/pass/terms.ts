import type { DispatchType } from "@conveyor/contracts";
import { type CompletionMemory, freshCompletionMemory } from "../completions/memory.ts";
import type { DeliveryTerms } from "../delivery/terms.ts";

/** How the pass gets new records of a session into the ledger; throws when it cannot. */
export type Ingest = (session_id: string) => Promise<{ new_events: number }>;

export interface PassOptions extends DeliveryTerms {
  /** At most this many results. */
  limit: number;
  /** Absent: everything. */
  type: DispatchType | undefined;
  dry_run: boolean;
  /** Null: rollouts are not read. */
  ingest: Ingest | null;
}

/** What a dispatcher remembers from pass to pass; losing it costs time, never correctness. */
export interface PassMemory extends CompletionMemory {
  /** Per worker session, what was last wrong with reading its rollout. */
  ingest_errors: Map<string, string>;
  /** Per worker session, how large its rollout was when it was last read. */
  ingested_sizes: Map<string, number>;
  /** When the bound sessions were last looked after, by the monotonic clock, in milliseconds. */
  looked_after_at: number;
  /** The session that was looked at last. */
  looked_after: string | undefined;
}

/** What a dispatcher remembers before its first pass: nothing. */
export function freshMemory(): PassMemory {
  return {
    ...freshCompletionMemory(),
    ingest_errors: new Map(),
    ingested_sizes: new Map(),
    looked_after_at: Number.NEGATIVE_INFINITY,
    looked_after: undefined,
  };
}
