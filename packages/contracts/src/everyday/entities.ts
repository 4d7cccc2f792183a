import { z } from "zod";
import { agentPhase, attention } from "../agent-status.ts";
import { reference } from "../bounds.ts";
import { role, timestamp } from "../common.ts";
import { cli } from "../operation.ts";

/** What a reference of the everyday verbs may mean. */
export const thingKind = z.enum(["task", "session", "command", "run"]);
export type ThingKind = z.infer<typeof thingKind>;

/** One thing as answers name it. */
export const thing = z.object({ kind: thingKind, id: z.string(), name: z.string() });

/** The REF of the everyday verbs (spec 10.3). */
export const thingArgument = cli(reference, { position: 0, placeholder: "ref" }).describe(
  "task, session, command or run, by name, id or unique id prefix",
);

/** A task or a session, as one line of `ps`. */
export const present = z.object({
  kind: z.enum(["task", "session"]),
  id: z.string(),
  name: z.string(),
  role: role.nullable().describe("null for a task"),
  state: z.string().describe("of a session what its agent does, of a task its state"),
  phase: agentPhase.nullable().describe("of a task that of the agent that needs somebody most; null without any"),
  sources: z.array(z.enum(["rollout", "tmux", "process"])).describe("where that was seen"),
  task: z.string().nullable().describe("the task that holds the session"),
  waiting_for: attention.exclude(["none"]).nullable().describe("what somebody has to answer"),
  last_sign_of_life: timestamp.nullable(),
});
export type Present = z.infer<typeof present>;

/** Why something waits for the operator. */
export const waitingKind = z.enum([
  "review",
  "permission",
  "stale_ack",
  "approval",
  "question",
  "plan_decision",
  "trust",
  "menu",
  "usage_limit",
  "failed_turn",
  "dead_agent",
  "refused_message",
  "failed_message",
  "blocked_answer",
  "unanswered",
]);

/** Something that waits for the operator, with what to type. No content is in it. */
export const waiting = z.object({
  kind: waitingKind,
  about: z.object({ kind: z.enum(["session", "command", "item", "operator_item"]), id: z.string(), name: z.string() }),
  task: z.string().nullable(),
  why: z.string().describe("the same in a few words"),
  since: timestamp.nullable(),
  command: z.string().describe("what to type next"),
});
export type Matter = z.infer<typeof waiting>;
