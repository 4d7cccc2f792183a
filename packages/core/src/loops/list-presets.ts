import type { Input, Output } from "@conveyor/contracts";
import type { Ctx, HostCtx } from "../ctx.ts";
import { createPolicyRun } from "./policy-run.ts";
import { findTemplate, LOOP_TEMPLATE_TABLE, templateView } from "./templates.ts";

/** Every template, under the older word (spec 05 §5.2). */
export async function listPresets(
  _ctx: HostCtx,
  _input: Input<"loops.listPresets">,
): Promise<Output<"loops.listPresets">> {
  return { presets: LOOP_TEMPLATE_TABLE.map(templateView) };
}

/** One preset. Throws `not_found`. */
export async function showPreset(_ctx: HostCtx, input: Input<"loops.showPreset">): Promise<Output<"loops.showPreset">> {
  return templateView(findTemplate(input.preset, "preset"));
}

/** Make a loop policy from a preset. Throws what `createFromTemplate` throws. */
export async function createFromPreset(
  ctx: Ctx,
  input: Input<"loops.createFromPreset">,
): Promise<Output<"loops.createFromPreset">> {
  const { name: template } = findTemplate(input.preset, "preset");
  return createPolicyRun(ctx, { ...input, template, source: "ralph-loop-presets" });
}
