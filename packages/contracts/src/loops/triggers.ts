import { z } from "zod";
import { message } from "../bounds.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";

/** A phrase that arms a gate, and what it asks for (spec 05 §5.5). */
export const loopTrigger = z.object({
  name: z.string(),
  intent: z.enum([
    "create_loop_policy",
    "gate_next_iteration",
    "require_finish_adversarial_proof",
    "request_worker_adversarial_proof",
    "create_adversarial_acceptance_criteria",
  ]),
  canonical_phrase: z.string(),
  required_before_continue: z.array(z.string()),
  acceptance: z.string().describe("what must be observable for the phrase to count as honoured"),
  negative_controls: z.array(z.string()).describe("similar prompts that must not match"),
  operator_actions: z.array(z.string()).describe("command templates, in order"),
});
export type LoopTrigger = z.infer<typeof loopTrigger>;

/** `loop-triggers --list` (spec 05 §5.5). */
export const listTriggers = operation({
  path: "loops.listTriggers",
  kind: "query",
  summary: "List the phrases by which an operator arms a gate",
  ledger: "none",
  cli: { command: "loop-triggers", place: 200, select: "list", prints: "text" },
  input: z.object({}),
  output: z.object({ triggers: z.array(loopTrigger) }),
});

/** What a prompt says of the phrases. */
const classification = z.object({
  prompt: content(z.string(), "message"),
  matched: z.boolean(),
  matched_trigger: loopTrigger.nullable().describe("the first phrase that was found"),
  matched_triggers: z.array(loopTrigger).describe("all phrases that were found, in the order of the list"),
  negated: z.boolean().describe("whether the phrase was there, with a `do not` or `never` right before it"),
  guidance: z.string(),
});

/** `loop-triggers --classify PROMPT` (spec 05 §5.5). */
export const classifyPrompt = operation({
  path: "loops.classifyPrompt",
  kind: "query",
  summary: "Tell whether a prompt arms a gate, and which",
  ledger: "none",
  shows_content: true,
  cli: {
    command: "loop-triggers",
    place: 210,
    select: "classify",
    prints: "text",
    notes: "Only the listed phrases match. Without a match nothing may be created or gated on its account.",
    examples: [
      'loop-triggers --classify "Run this as an adversarially gated Ralph loop." --json',
      "loop-triggers --classify - < prompt.txt",
    ],
  },
  input: z.object({
    prompt: content(
      cli(message, { flag: "classify", placeholder: "prompt", dash_reads_stdin: true }),
      "message",
    ).describe("what the operator said; - reads standard input"),
  }),
  output: classification,
});

/** `loop-triggers --from-stdin` (spec 05 §5.5). */
export const classifyText = operation({
  path: "loops.classifyText",
  kind: "query",
  summary: "Tell whether the prompt on standard input arms a gate, and which",
  ledger: "none",
  shows_content: true,
  cli: {
    command: "loop-triggers",
    place: 220,
    select: "from-stdin",
    prints: "text",
    examples: ["loop-triggers --from-stdin < prompt.txt"],
  },
  input: z.object({
    prompt: content(cli(message, { flag: "from-stdin", from_stdin: "text" }), "message").describe(
      "read what the operator said from standard input",
    ),
  }),
  output: classification,
});
