import { identifyRollout } from "@conveyor/host";
import { markHistory, type WriteTx } from "@conveyor/store";
import { recordPlace } from "./recorded.ts";

/**
 * Nothing that a worker has written until now is reported by a binding that begins later (spec 03 §6.7). The place in its
 * rollout says where that ends: a clock may be set back, a file does not grow backwards. A session that Conveyor itself
 * began at `started_at` has nothing unread from before.
 */
export async function endHistoryHere(tx: WriteTx, session_id: string | null, started_at?: string): Promise<void> {
  if (session_id === null) return;
  const { record_path: path } = await recordPlace(tx, session_id);
  markHistory(tx, session_id, path === null || started_at !== undefined ? null : sizeOf(path));
}

/** Size of a rollout in bytes; null when there is none that we can see. */
function sizeOf(path: string): number | null {
  try {
    return identifyRollout(path)?.size ?? null;
  } catch {
    return null;
  }
}
