import { createHash } from "node:crypto";
import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { createPrivately, replaceFile } from "@conveyor/files";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { campaignActor } from "./change-campaign.ts";
import { campaignDocument } from "./export-document.ts";
import { campaignPage } from "./export-page.ts";
import { resolveCampaign } from "./find-campaign.ts";

type Exporting = Input<"campaigns.exportCampaign">;

/**
 * Write a campaign to one file that only its owner can read. That it is about to be written is recorded first, and what came
 * of it after. Throws `not_found`, `ambiguous`, `conflict` when something has the file's name and is not to be replaced,
 * `side_effect_failed` when it cannot be written.
 */
export async function exportCampaign(ctx: Ctx, input: Exporting): Promise<Output<"campaigns.exportCampaign">> {
  const { file: path, format, include_words: includes_words } = input;
  const { row, actor } = await ctx.store.fast((tx) => {
    const row = resolveCampaign(tx, input.name);
    tx.tell("campaign_export_started", {
      correlation_id: row.id,
      attributes: { campaign_id: row.id, path, format, includes_words },
    });
    return { row, actor: campaignActor(ctx, tx) };
  });
  // A large campaign takes its time, in which others may write.
  const document = await ctx.store.peek((tx) => campaignDocument(tx, resolveCampaign(tx, row.id), includes_words));
  const { id, name } = document.campaign;
  const text = format === "html" ? campaignPage(document) : `${canonicalJson(document)}\n`;
  const bytes = Buffer.byteLength(text);
  const ended = (error: string | null) =>
    ctx.store.fast((tx) =>
      tx.tell("campaign_exported", {
        actor,
        severity: error === null ? "info" : "error",
        summary: `campaign ${name} ${error === null ? "was written to a file" : "could not be written to a file"}`,
        correlation: { campaign_id: id },
        attributes: { campaign_id: id, success: error === null, format, byte_count: bytes, error },
      }),
    );
  try {
    if (input.force) replaceFile(path, text);
    else createPrivately(path, text);
  } catch (error) {
    const refused = unwritten(path, error);
    await ended(asConveyorError(refused).code);
    throw refused;
  }
  await ended(null);
  return {
    action: "export",
    campaign: { id, name },
    ...{ path, format, bytes, includes_words, sha256: createHash("sha256").update(text).digest("hex") },
    slots: document.slots.length,
    assignments: document.assignments.length,
    assets: document.assets.length,
    permission_to_publish: false,
  };
}

function unwritten(path: string, error: unknown): ConveyorError {
  const { code = "unknown reason" } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    return new ConveyorError("conflict", `something is called ${path} already`, {
      hint: "name another file with --output, or replace that one with --force",
      details: { path },
      cause: error,
    });
  }
  return new ConveyorError("side_effect_failed", `the campaign cannot be written to ${path} (${code})`, {
    hint: "name a file in a folder that exists and that you may write to",
    details: { path, code },
    cause: error,
  });
}
