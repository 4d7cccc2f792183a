import type { Input, Output } from "@conveyor/contracts";
import type { Ctx, MaybeLedger } from "../ctx.ts";
import { createPolicyRun } from "./policy-run.ts";
import { allTemplates, findTemplate, templateView } from "./template-list.ts";

/** Every template, under the older word (spec 05 §5.2). */
export async function listPresets(
  ctx: MaybeLedger,
  _input: Input<"loops.listPresets">,
): Promise<Output<"loops.listPresets">> {
  return { presets: (await allTemplates(ctx.store)).map(templateView) };
}

/** One preset. Throws `not_found`. */
export async function showPreset(
  ctx: MaybeLedger,
  input: Input<"loops.showPreset">,
): Promise<Output<"loops.showPreset">> {
  return templateView(await findTemplate(ctx.store, input.preset, "preset"));
}

/** Make a loop policy from a preset. Throws what `createFromTemplate` throws. */
export async function createFromPreset(
  ctx: Ctx,
  input: Input<"loops.createFromPreset">,
): Promise<Output<"loops.createFromPreset">> {
  const template = await findTemplate(ctx.store, input.preset, "preset");
  return createPolicyRun(ctx, { ...input, template, source: "ralph-loop-presets" });
}
