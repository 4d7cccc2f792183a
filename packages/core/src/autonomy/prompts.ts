import type { Role } from "@conveyor/contracts";
import type { Program } from "../shared/command-line.ts";
import { pairCommands } from "./prompts/commands.ts";
import type { PromptFacts, Told } from "./prompts/facts.ts";
import { visibleProtocol } from "./prompts/protocol.ts";
import { SENTENCES, type SentenceName } from "./prompts/sentences.ts";

interface PromptPlan {
  role: Role;
  opening: SentenceName;
  points: readonly SentenceName[];
  /** A paragraph of its own at the end. */
  closing?: SentenceName;
}

/** What a worker is told whenever it is woken. */
const WOKEN_WORKER = [
  "beat",
  "inbox_fallback",
  "worker_duty",
  "worker_result",
  "durable_report",
  "answer_is_no_receipt",
  "idle",
] as const satisfies readonly SentenceName[];

/** What each prompt says beside the skill and the visible session protocol, in its order (spec 06 §6.3). */
const PROMPTS = {
  wake_manager: {
    role: "manager",
    opening: "role_heartbeat",
    points: ["beat", "inbox_fallback", "manager_duty", "instruct_with", "idle"],
  },
  wake_worker: {
    role: "worker",
    opening: "role_heartbeat",
    points: WOKEN_WORKER,
  },
  heartbeat_manager: {
    role: "manager",
    opening: "role_heartbeat",
    points: [
      "beat",
      "inbox_fallback",
      "stale_threads",
      "manager_duty",
      "instruct_with",
      "idle",
      "own_close_out",
      "close_out",
    ],
  },
  heartbeat_worker: {
    role: "worker",
    opening: "role_heartbeat",
    points: [...WOKEN_WORKER, "teardown_is_not_yours"],
  },
  worker_handoff: {
    role: "worker",
    opening: "worker_begins",
    points: ["poll_until_empty", "report_fields", "durable_report", "answer_is_no_receipt", "needs_heartbeats", "idle"],
    closing: "poll_with",
  },
  replacement_worker: {
    role: "worker",
    opening: "replacement_begins",
    points: [
      "why_rotated",
      "handoff",
      "resume_from_handoff",
      "beat",
      "inbox_fallback",
      "worker_duty",
      "worker_result",
      "durable_report",
      "answer_is_no_receipt",
      "idle",
      "teardown_is_not_yours",
    ],
  },
} as const satisfies Record<string, PromptPlan>;

export type PromptName = keyof typeof PROMPTS;
export const PROMPT_NAMES = Object.keys(PROMPTS) as PromptName[];

const SKILL = "Use the manage-codex-workers skill.";

/** The text of a prompt for an agent's thread (spec 06 §6.3). Content: never goes into audit events or telemetry. Pure. */
export function promptText(name: PromptName, program: Program, facts: PromptFacts): string {
  const { role, opening, points, closing }: PromptPlan = PROMPTS[name];
  const told: Told = { role, facts, commands: pairCommands(program, facts) };
  const say = (sentence: SentenceName) => SENTENCES[sentence](told);
  return [
    SKILL,
    say(opening),
    visibleProtocol(told),
    points.map((point) => `- ${say(point)}`).join("\n"),
    ...(closing === undefined ? [] : [say(closing)]),
  ].join("\n\n");
}
