import { z } from "zod";
import { PHASES_BY_URGENCY } from "./agent-phases.ts";
import { role, timestamp } from "./common.ts";

/** What an agent waits for from a human (spec 02 §4.4). */
export const attention = z.enum(["none", "approval", "question", "plan_decision", "trust", "menu"]);
export type Attention = z.infer<typeof attention>;

/** What a session is doing; those phases of spec 08 §8.10 that can be told here. */
export const agentPhase = z.enum(PHASES_BY_URGENCY);

/** What is known of a session's agent (spec 08 §8.10). No content is in it. */
export const agentStatus = z.object({
  phase: agentPhase,
  state: z.enum(["busy", "idle", "unknown"]),
  attention,
  confidence: z.enum(["certain", "strong", "weak", "guess"]),
  detail: z.string().describe("the same in a few words"),
  since: timestamp.nullable().describe("when it came to be so, as far as is known"),
  observed_at: timestamp.nullable().describe("the newest fact that this rests on"),
  sources: z.array(z.enum(["rollout", "tmux", "process"])).describe("where that was seen"),
});
export type AgentStatus = z.infer<typeof agentStatus>;

/** A session of a live binding, in short. */
export const boundAgent = z.object({
  session_id: z.string(),
  name: z.string(),
  role,
  agent_status: agentStatus,
});
export type BoundAgent = z.infer<typeof boundAgent>;
