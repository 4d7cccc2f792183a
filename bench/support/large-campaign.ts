import { openPlain } from "./plain-database.ts";

/** How much there is of everything in a campaign. */
export interface CampaignSize {
  slots: number;
  assignments: number;
  assets: number;
}

/** `WITH RECURSIVE` numbers from 1 to n. */
const COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @amount)";
const AT = "'2026-01-02T03:04:05.000Z'";

/**
 * Write a campaign of that size right into a ledger in which the campaign has begun and nothing else of it is there. Half of
 * the assignments are done; one asset in fifty was rejected and made good by a later one. Nobody else may be writing.
 */
export function writeLargeCampaign(path: string, campaign_id: string, size: CampaignSize): void {
  const database = openPlain(path);
  const { slots, assignments, assets } = size;
  // Plain numbers are bound as floating ones, of which ids would be made.
  const whole = { slots: BigInt(slots), assignments: BigInt(assignments) };
  try {
    database.exec("BEGIN IMMEDIATE");
    const first = Number((database.prepare("SELECT value FROM ledger_sequence").get() as { value: number }).value);
    const write = (sql: string, amount: number, offset: number) =>
      database
        .prepare(`${COUNTING} ${sql}`)
        .run({ ...whole, campaign_id, amount: BigInt(amount), first: BigInt(first + offset) });
    // A statement has to name what is bound to it.
    const bound = "WHERE @slots + @assignments > 0 AND @first >= 0 AND @campaign_id <> ''";
    const with_ids = `SELECT i, @first + i AS seq FROM n ${bound}`;
    const insert = (table: string, columns: string, values: string) =>
      `INSERT INTO ${table} (id, seq, campaign_id, metadata_json, created_at, ${columns}) SELECT ${values} FROM (${with_ids})`;
    write(
      insert(
        "campaign_worker_slots",
        "updated_at, updated_seq, slot_key, role_label, channel, codex_app_thread_id, state",
        `'slot-' || i, seq, @campaign_id, '{}', ${AT}, ${AT}, seq, 'key-' || i, 'clips', 'channel-' || (i % 9), 'thr-' || i, 'active'`,
      ),
      slots,
      0,
    );
    write(
      insert(
        "campaign_assignments",
        "updated_at, updated_seq, slot_id, title, instructions, status, completed_at",
        `'assignment-' || i, seq, @campaign_id, '{}', ${AT}, ${AT}, seq, 'slot-' || (1 + i % @slots), 'clip ' || i,
         'twenty seconds, no faces, the second hook', CASE i % 2 WHEN 0 THEN 'done' ELSE 'active' END, NULL`,
      ),
      assignments,
      slots,
    );
    write(
      insert(
        "campaign_asset_receipts",
        "slot_id, assignment_id, asset_type, channel, status, title",
        `'asset-' || i, seq, @campaign_id, '{}', ${AT}, 'slot-' || (1 + (1 + i % @assignments) % @slots),
         'assignment-' || (1 + i % @assignments), 'video', 'channel-1',
         CASE WHEN i % 50 = 0 AND i <= @assignments THEN 'rejected' ELSE 'approved' END, 'clip ' || i`,
      ),
      assets,
      slots + assignments,
    );
    database.prepare("UPDATE ledger_sequence SET value = value + ?").run(slots + assignments + assets);
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}
