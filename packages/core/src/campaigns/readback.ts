import type { LedgerReadback } from "@conveyor/contracts/campaigns/entities";
import { ConveyorError } from "@conveyor/contracts/errors";
import { campaignRows, Store } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** A row that was written, and by what a person knows it. */
export type WrittenRow = Pick<LedgerReadback["checks"][number], "entity" | "id" | "key">;

/**
 * Look with a connection of its own whether what was just committed stands in the ledger that this caller names (spec 06
 * §6.5). Throws `side_effect_failed` when a row is not there.
 */
export async function readBack(
  { settings, host }: Pick<Ctx, "settings" | "host">,
  campaign: { id: string; name: string },
  rows: readonly WrittenRow[],
): Promise<LedgerReadback> {
  const expected: WrittenRow[] = [{ entity: "campaign", id: campaign.id, key: campaign.name }, ...rows];
  const store = Store.open({ path: settings.ledger_path, create: false, clock: host.clock });
  try {
    const missing = await store.peek((tx) =>
      expected.filter(({ entity, id }) => !campaignRows.isCampaignRowThere(tx, entity, id)),
    );
    if (missing.length > 0) throw unreadable(missing);
  } finally {
    await store.close();
  }
  return {
    ok: true,
    campaign_id: campaign.id,
    campaign_name: campaign.name,
    checked_at: host.clock.iso(),
    checks: expected.map((row) => ({ ...row, ok: true })),
  };
}

function unreadable(missing: readonly WrittenRow[]): ConveyorError {
  const names = missing.map(({ entity, key }) => `${entity} ${JSON.stringify(key)}`).join(", ");
  return new ConveyorError("side_effect_failed", `what was written could not be read back from the ledger: ${names}`, {
    hint: "look at the ledger with `conveyor db-doctor` before you write again",
    details: { missing },
  });
}
