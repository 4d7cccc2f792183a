import { identifyRollout } from "@conveyor/host";
import { markHistory, type WriteTx } from "@conveyor/store";

/**
 * Nothing that a worker has written until now is reported by a binding that begins later (spec 03 §6.7). The place in its
 * rollout says where that ends: a clock may be set back, a file does not grow backwards. A session that Conveyor itself
 * began at `started_at` has nothing unread from before.
 */
export async function endHistoryHere(tx: WriteTx, session_id: string | null, started_at?: string): Promise<void> {
  if (session_id === null) return;
  const session = await tx.db.sessions.findUnique({ where: { id: session_id }, select: { codex_session_path: true } });
  const path = session?.codex_session_path ?? null;
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
