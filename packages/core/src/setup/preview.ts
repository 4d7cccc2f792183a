import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { draftHashOf, draftPolicy, skillsOf } from "./draft.ts";
import { skillPreflightOf } from "./installed-skills.ts";

/** `setup-bundle preview`: the policy that would be applied, and what is missing for it. Throws `not_found`, `ambiguous`. */
export async function preview(ctx: Ctx, input: Input<"setup.preview">): Promise<Output<"setup.preview">> {
  await ctx.store.peek((tx) => resolveTask(tx, input.task));
  return { action: "preview", ...setupDraft(ctx, input) };
}

/** A policy with its hash and what of its skills is there. */
export function setupDraft(ctx: Ctx, input: Input<"setup.preview">): Omit<Output<"setup.preview">, "action"> {
  const policy = draftPolicy(input);
  const agent = ctx.agents.standard;
  const preflight = skillPreflightOf(agent, input.codex_home ?? agent.home ?? "", skillsOf(policy));
  return { draft_hash: draftHashOf(policy), policy, preflight };
}
