import { z } from "zod";
import { filePath } from "../bounds.ts";
import { count } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaignName, permissionToPublish } from "./entities.ts";
import { PUBLISH_RULE } from "./words.ts";

/** `campaign export` (spec 06 §6.12 item 8). */
export const exportCampaign = operation({
  path: "campaigns.exportCampaign",
  kind: "mutation",
  summary: "Write a campaign to one file that needs nothing else: a page to read, or JSON",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "side_effect_failed"],
  cli: {
    command: "campaign",
    place: 180,
    action: "export",
    prints: "text",
    notes: `${PUBLISH_RULE}
Instructions, briefs, prompt summaries, notes and metadata are left out unless --include-words is given. Secrets are
masked either way. The page loads nothing and runs no script.`,
    examples: [
      "campaign export --name launch --output launch.html",
      "campaign export --name launch --format json --output launch.json",
    ],
  },
  input: z.object({
    name: campaignName,
    file: cli(filePath, { flag: "output", path: true, placeholder: "file" }).describe("the file to write"),
    format: z.enum(["html", "json"]).default("html").describe("a page, or all of it as JSON"),
    include_words: z
      .boolean()
      .default(false)
      .describe("also instructions, briefs, prompt summaries, review notes and metadata"),
    force: z.boolean().default(false).describe("replace a file that is there"),
  }),
  output: z.object({
    action: z.literal("export"),
    campaign: z.object({ id: z.string(), name: z.string() }),
    path: z.string(),
    format: z.enum(["html", "json"]),
    bytes: count,
    sha256: z.string(),
    includes_words: z.boolean(),
    slots: count,
    assignments: count,
    assets: count,
    permission_to_publish: permissionToPublish,
  }),
});
