import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { GRANTS_NOTHING, someCounts } from "../print/campaign.ts";
import { type Column, listing } from "../print/listing.ts";
import { restOf } from "../print/rest-of.ts";
import { lines, plural } from "../print/text.ts";

type Listed = Output<"campaigns.list">[number];

const COLUMNS: readonly Column<Listed>[] = [
  { head: "id", of: ({ id }) => id, only: "pipe" },
  { head: "name", of: ({ name }) => name, cut: "end" },
  { head: "status", of: ({ status }) => status },
  { head: "slots", of: ({ slots }) => slots },
  { head: "assignments", of: ({ assignment_counts }) => someCounts(assignment_counts), cut: "end" },
  { head: "assets", of: ({ asset_counts }) => someCounts(asset_counts), cut: "end" },
];

/** `campaign list`. */
export const list = presents("campaigns.list", {
  text: (campaigns, view) => listing(COLUMNS, campaigns, view),
  nothing: (program) => `no campaigns; begin one: ${program} campaign create --name NAME --objective "…"`,
  async aside(shown, more) {
    const rest = await restOf("campaign")(shown, more);
    if (!shown.some(({ asset_counts: { approved, published } }) => approved + published > 0)) return rest;
    return rest === undefined ? GRANTS_NOTHING : `${GRANTS_NOTHING}; ${rest}`;
  },
});

/** `campaign status` (spec 06 §6.5). */
export const status = presents("campaigns.status", {
  text: ({ campaign, slots, channel_briefs, assignment_counts, asset_counts }) =>
    lines(
      `${campaign.name}: ${campaign.status}`,
      `${plural(slots.length, "slot")}, ${plural(channel_briefs.length, "brief")}`,
      `assignments: ${someCounts(assignment_counts)}`,
      `assets: ${someCounts(asset_counts)}`,
      GRANTS_NOTHING,
    ),
});
