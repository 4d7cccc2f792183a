import { z } from "zod";
import { jsonPayload } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignFields, campaignName, ledgerReadback } from "./entities.ts";

/** `campaign brief` (spec 06 §6.5): the brief of a channel, replaced as a whole. */
export const brief = operation({
  path: "campaigns.brief",
  kind: "mutation",
  summary: "Set the structured brief of a channel",
  ledger: "write",
  refuses: [...BY_NAME, "side_effect_failed"],
  cli: {
    command: "campaign",
    place: 70,
    action: "brief",
    prints: "text",
    examples: [
      `campaign brief --name launch --channel tiktok --brief-json '{"tone":"dry","seconds":20}'`,
      "campaign brief --name launch --channel tiktok --brief-json - < brief.json",
    ],
  },
  input: z.object({
    name: campaignName,
    channel: campaignFields.channel,
    brief: cli(jsonPayload, {
      flag: "brief-json",
      json: true,
      dash_reads_stdin: true,
      placeholder: "json",
    }).describe("the brief as one JSON object of at most 1 MiB; `-` reads it from standard input"),
  }),
  output: z.object({
    action: z.literal("brief"),
    brief_id: z.string(),
    campaign,
    channel: z.string(),
    upserted: z.literal(true),
    ledger_readback: ledgerReadback,
  }),
});
