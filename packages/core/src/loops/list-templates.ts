import type { Input, Output } from "@conveyor/contracts";
import type { Ctx, MaybeLedger } from "../ctx.ts";
import { createPolicyRun } from "./policy-run.ts";
import { allTemplates, findTemplate, templateView } from "./template-list.ts";

/** Every template by name (spec 05 §5.1). */
export async function listTemplates(
  ctx: MaybeLedger,
  _input: Input<"loops.listTemplates">,
): Promise<Output<"loops.listTemplates">> {
  return { templates: (await allTemplates(ctx.store)).map(templateView) };
}

/** One template. Throws `not_found`. */
export async function showTemplate(
  ctx: MaybeLedger,
  input: Input<"loops.showTemplate">,
): Promise<Output<"loops.showTemplate">> {
  return templateView(await findTemplate(ctx.store, input.template, "template"));
}

/**
 * Make a loop policy from a template (spec 05 §5.1). Throws `not_found`, `ambiguous`, `terminal_state`, `invalid_input`
 * that names the field, and `conflict` when a living run has this name and other content.
 */
export async function createFromTemplate(
  ctx: Ctx,
  input: Input<"loops.createFromTemplate">,
): Promise<Output<"loops.createFromTemplate">> {
  const template = await findTemplate(ctx.store, input.template, "template");
  return createPolicyRun(ctx, { ...input, template, source: "loop-templates" });
}
