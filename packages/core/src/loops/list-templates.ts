import type { Input, Output } from "@conveyor/contracts";
import type { Ctx, HostCtx } from "../ctx.ts";
import { createPolicyRun } from "./policy-run.ts";
import { findTemplate, LOOP_TEMPLATE_TABLE, templateView } from "./templates.ts";

/** Every template by name (spec 05 §5.1). */
export async function listTemplates(
  _ctx: HostCtx,
  _input: Input<"loops.listTemplates">,
): Promise<Output<"loops.listTemplates">> {
  return { templates: LOOP_TEMPLATE_TABLE.map(templateView) };
}

/** One template. Throws `not_found`. */
export async function showTemplate(
  _ctx: HostCtx,
  input: Input<"loops.showTemplate">,
): Promise<Output<"loops.showTemplate">> {
  return templateView(findTemplate(input.template, "template"));
}

/**
 * Make a loop policy from a template (spec 05 §5.1). Throws `not_found`, `ambiguous`, `terminal_state`, `invalid_input`
 * that names the field, and `conflict` when a living run has this name and other content.
 */
export async function createFromTemplate(
  ctx: Ctx,
  input: Input<"loops.createFromTemplate">,
): Promise<Output<"loops.createFromTemplate">> {
  const { name: template } = findTemplate(input.template, "template");
  return createPolicyRun(ctx, { ...input, template, source: "loop-templates" });
}
