import type { Input, LoopTrigger, Output } from "@conveyor/contracts";
import type { HostCtx } from "../ctx.ts";
import { classify, TRIGGER_TABLE, type TriggerRow } from "./triggers.ts";

/** The phrases that arm a gate, in the order in which they are looked for (spec 05 §5.5). */
export async function listTriggers(
  _ctx: HostCtx,
  _input: Input<"loops.listTriggers">,
): Promise<Output<"loops.listTriggers">> {
  return { triggers: TRIGGER_TABLE.map(triggerView) };
}

/** Tell whether a prompt arms a gate (spec 05 §5.5). */
export async function classifyPrompt(
  _ctx: HostCtx,
  { prompt }: Pick<Input<"loops.classifyPrompt">, "prompt">,
): Promise<Output<"loops.classifyPrompt">> {
  const { matched, negated } = classify(prompt);
  const matched_triggers = matched.map(triggerView);
  const [first] = matched_triggers;
  return {
    prompt,
    matched: first !== undefined,
    matched_trigger: first ?? null,
    matched_triggers,
    negated,
    guidance: guidanceOf(first, negated),
  };
}

/** The same of a prompt that comes from standard input. */
export function classifyText(ctx: HostCtx, input: Input<"loops.classifyText">): Promise<Output<"loops.classifyText">> {
  return classifyPrompt(ctx, input);
}

function guidanceOf(first: LoopTrigger | undefined, negated: boolean): string {
  if (first !== undefined)
    return `${first.name}: ${first.acceptance} Do what the operator actions say, and nothing beyond them.`;
  const ordinary = "Ordinary guidance: follow it, and do not create policies or gates automatically.";
  return negated ? `The phrase is negated. ${ordinary}` : ordinary;
}

function triggerView({ phrases: _phrases, ...shown }: TriggerRow): LoopTrigger {
  return structuredClone(shown);
}
