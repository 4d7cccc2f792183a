import type { Attention } from "@conveyor/contracts/agent-status";
import type { PaneClassification } from "./agent.ts";

/**
 * What the agent waits for, from both sources: a prompt on the screen is seen, so it wins; a screen of the agent that shows
 * its composer or its work and no prompt refutes the rollout; any other screen, or none, leaves the rollout's word. Where
 * a call of the rollout waits for approval, a menu that names no question of its own is that approval, unless the title
 * says that nobody is asked. Pure.
 */
export function combineAttention(
  from_rollout: Attention,
  pane: Pick<PaneClassification, "attention" | "startup" | "title"> | null,
): Attention {
  if (pane === null) return from_rollout;
  const { attention, startup, title } = pane;
  if (attention === "none") return startup.state === "ready" || startup.state === "working" ? "none" : from_rollout;
  const is_vague = attention === "menu" || attention === "plan_decision";
  const nobody_is_asked = title !== null && title !== "waiting_on_human";
  return is_vague && from_rollout === "approval" && !nobody_is_asked ? "approval" : attention;
}
