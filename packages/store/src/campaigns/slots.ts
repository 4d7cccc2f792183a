import { AT_MOST } from "../at-most.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type SlotRow = Prisma.campaign_worker_slotsGetPayload<object>;

/** A slot with the session that works in it and the task that it stands for; null where there is none. */
export interface PeopledSlotRow extends SlotRow {
  worker_id: string | null;
  worker_name: string | null;
  worker_role: string | null;
  worker_state: string | null;
  worker_heartbeat_at: string | null;
  worker_thread_id: string | null;
  worker_thread_title: string | null;
  task_name: string | null;
  task_state: string | null;
  pending_items: number;
}

/** The slot of a campaign with this key, else the one with this id. */
export function slotByKeyOrId(tx: FastTx, campaign_id: string, reference: string): SlotRow | undefined {
  return tx.sql
    .hot(
      `SELECT * FROM campaign_worker_slots WHERE campaign_id = @campaign_id AND (slot_key = @reference OR id = @reference)
        ORDER BY slot_key = @reference DESC LIMIT 1`,
    )
    .get({ campaign_id, reference }) as SlotRow | undefined;
}

/** The slots of a campaign whose id begins like this, at most `limit`. */
export function slotsByIdPrefix(tx: FastTx, campaign_id: string, prefix: string, limit: number): SlotRow[] {
  return tx.sql
    .hot(
      `SELECT * FROM campaign_worker_slots WHERE campaign_id = @campaign_id
          AND substr(id, 1, length(@prefix)) = @prefix ORDER BY seq ${AT_MOST}`,
    )
    .all({ campaign_id, prefix, limit }) as SlotRow[];
}

export const SLOT_HOLDING_SQL = `SELECT s.slot_key, c.name AS campaign_name
  FROM campaign_worker_slots s JOIN campaigns c ON c.id = s.campaign_id
 WHERE s.codex_app_thread_id = @thread_id AND s.state <> 'archived' AND s.id <> @but LIMIT 1`;

/** A slot of any campaign that has this thread and is not archived, beside one. */
export function slotHolding(
  tx: FastTx,
  thread_id: string,
  but: string,
): { slot_key: string; campaign_name: string } | undefined {
  return tx.sql.hot(SLOT_HOLDING_SQL).get({ thread_id, but }) as
    | { slot_key: string; campaign_name: string }
    | undefined;
}

/** The worker of a slot that stands for a task is the task's worker, whoever that is now. */
export const PEOPLED_SLOTS_SQL = `SELECT s.*, w.id AS worker_id, w.name AS worker_name, w.role AS worker_role, w.state AS worker_state,
    w.last_heartbeat_at AS worker_heartbeat_at, w.codex_app_thread_id AS worker_thread_id,
    w.codex_app_thread_title AS worker_thread_title, t.name AS task_name, t.state AS task_state,
    CASE WHEN s.task_id IS NULL THEN 0 ELSE (SELECT count(*) FROM routed_notifications n
       WHERE n.target_session_id = w.id AND n.binding_id = b.id AND n.consumed_at IS NULL AND n.state = 'delivered'
         AND n.submission IS NOT 'confirmed')
    END AS pending_items
  FROM campaign_worker_slots s
  LEFT JOIN tasks t ON t.id = s.task_id
  LEFT JOIN bindings b ON b.task_id = s.task_id AND b.state IN ('active', 'ending')
  LEFT JOIN sessions w ON w.id = coalesce(b.worker_session_id, s.session_id)
 WHERE s.campaign_id = @campaign_id ORDER BY s.seq`;

/** All slots of a campaign in order of creation. A campaign has one for each worker, so they are read as a whole. */
export function peopledSlotRows(tx: FastTx, campaign_id: string): PeopledSlotRow[] {
  return tx.sql.hot(PEOPLED_SLOTS_SQL).all({ campaign_id }) as PeopledSlotRow[];
}
