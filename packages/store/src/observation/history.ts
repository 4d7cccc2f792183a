import type { FastTx } from "../transaction.ts";

/**
 * From here on a session's records count anew: those that are stored are history, and so is what its rollout, of which
 * `offset` bytes are there now, holds unread. A session without rollout keeps its mark.
 */
export function markHistory(tx: FastTx, session_id: string, offset: number | null): void {
  tx.sql
    .atomic(
      `UPDATE sessions SET history_event_id = coalesce((SELECT max(id) FROM codex_events WHERE session_id = sessions.id), 0),
       history_offset = CASE WHEN @offset > coalesce(last_ingest_offset, 0) THEN @offset END
     WHERE id = @session_id AND codex_session_path IS NOT NULL`,
    )
    .run({ session_id, offset });
}
