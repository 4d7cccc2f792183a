import type { LoopTrigger } from "@conveyor/contracts";

/** A phrase that arms a gate: what is shown of it, and the forms in which it is recognised. */
export interface TriggerRow extends LoopTrigger {
  /** In small letters, with single blanks; `(?:…)` holds alternatives. Found anywhere in a prompt, as whole words. */
  phrases: readonly string[];
}

/** The phrases in the order in which they are looked for (spec 05 §5.5). */
export const TRIGGER_TABLE: readonly TriggerRow[] = [
  {
    name: "loop-gate-trigger",
    intent: "create_loop_policy",
    canonical_phrase: "Run this as an adversarially gated Ralph loop.",
    phrases: ["run this as an adversarial(?:ly)? gated (?:ralph )?loop"],
    required_before_continue: ["adversarial_check"],
    acceptance: "A loop policy exists whose list of required evidence contains adversarial_check.",
    negative_controls: [
      "Be adversarial about this, but do not create a loop.",
      "Run this as an adversarially-gated Ralph loop, or as several loops.",
    ],
    operator_actions: [
      "conveyor loop-triggers --classify '<prompt>' --json",
      "conveyor loop-templates --create-run <task> --template <template> --current-iteration 1",
      "conveyor enqueue-continue-iteration <task> --loop-run <run> --requested-iteration 2",
    ],
  },
  {
    name: "iteration-gate-trigger",
    intent: "gate_next_iteration",
    canonical_phrase: "Do not send the worker another iteration until adversarial proof exists.",
    phrases: [
      "do not send the worker another iteration until adversarial proof exists",
      "require adversarial proof before (?:the worker gets another iteration|another worker iteration)",
    ],
    required_before_continue: ["adversarial_check"],
    acceptance: "Dispatch blocks the next iteration before it reaches the worker, until structured proof exists.",
    negative_controls: [
      "Send the worker another iteration and be careful.",
      "Don't send the worker another iteration until the tests are green.",
    ],
    operator_actions: [
      "conveyor enqueue-continue-iteration <task> --loop-run <run> --requested-iteration <next>",
      "conveyor dispatch --once --type continue_iteration",
      "conveyor loop-evidence adversarial-check <task> --loop-run <run> --iteration 1 --failure-mode <text> --check <text> --result <text>",
    ],
  },
  {
    name: "finish-gate-trigger",
    intent: "require_finish_adversarial_proof",
    canonical_phrase: "Do not mark this done until you have tried to disprove it.",
    phrases: [
      "do not mark this done until you have tried to disprove it",
      "do not finish until you have tried to disprove it",
      "do not let this finish until the manager has tried to disprove it",
    ],
    required_before_continue: [],
    acceptance: "finish-task is called with --require-adversarial-proof, and refuses before there is proof.",
    negative_controls: ["Do not mark this done until the tests pass.", "Run the tests before this is done."],
    operator_actions: [
      "conveyor finish-task <task> --require-adversarial-proof",
      `conveyor criteria <task> --satisfy <criterion> --evidence-json '{"evidence_type":"adversarial_check","failure_mode":"…","check":"…","result":"…"}'`,
    ],
  },
  {
    name: "worker-directed-trigger",
    intent: "request_worker_adversarial_proof",
    canonical_phrase: "Ask the worker to identify the strongest realistic failure mode and prove it is handled.",
    phrases: [
      "ask the worker to identify the strongest realistic failure mode and prove it is handled",
      "before continuing, record the strongest realistic failure mode, the check, and the result",
    ],
    required_before_continue: [],
    acceptance: "The worker answers with failure mode, check and result, and they are recorded as worker_proposed.",
    negative_controls: [
      "Ask the worker for a summary of the risks.",
      "Ask the worker for a checklist before continuing.",
    ],
    operator_actions: [
      "conveyor session-nudge <worker> '<ask for failure_mode, check, result>'",
      "conveyor loop-evidence adversarial-check <task> --loop-run <run> --source worker_proposed --failure-mode <text> --check <text> --result <text>",
    ],
  },
  {
    name: "acceptance-criteria-trigger",
    intent: "create_adversarial_acceptance_criteria",
    canonical_phrase: "Each loop must include adversarial acceptance criteria from manager to worker.",
    phrases: ["each loop must include adversarial acceptance criteria from manager to worker"],
    required_before_continue: [],
    acceptance:
      "Criteria of the manager's own (manager_inferred) name negative checks of the gate and of the evidence, beyond passing tests.",
    negative_controls: ["Each loop must include acceptance criteria.", "Write down adversarial criteria if you like."],
    operator_actions: [
      "conveyor criteria <task> --add --criterion <text> --source manager_inferred --status accepted",
      "conveyor audit <task>",
      "conveyor replay <task>",
      "conveyor commands --task <task> --attempts",
    ],
  },
];

/** What a prompt says of the triggers. */
export interface Classification {
  /** Those that were found and are not negated, in the order of the table. */
  matched: TriggerRow[];
  /** One was found with a negation right before it, and none without. */
  negated: boolean;
}

/** Find the triggers in a prompt; generic caution, near misses and negated phrases are none (spec 05 §5.5). Pure. */
export function classify(prompt: string): Classification {
  const text = normalised(prompt);
  const matched: TriggerRow[] = [];
  let isNegated = false;
  for (const row of TRIGGER_TABLE) {
    const hits = row.phrases.flatMap((phrase) => [...text.matchAll(wholeWords(phrase))]);
    const standing = hits.filter((hit) => !isNegatedAt(text, hit));
    if (standing.length > 0) matched.push(row);
    else if (hits.length > 0) isNegated = true;
  }
  return { matched, negated: isNegated && matched.length === 0 };
}

/** Small letters, single blanks, the quotes and hyphens of a typewriter. */
function normalised(prompt: string): string {
  return prompt
    .replaceAll(/[\u2018\u2019\u201b\u02bc\uff07]/g, "'")
    .replaceAll(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, "-")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim();
}

const wholeWords = (phrase: string) => new RegExp(`(?<![\\p{L}\\p{N}_])${phrase}(?![\\p{L}\\p{N}_])`, "gu");

const NEGATION = /(?:^|[^\p{L}\p{N}_])(?:do not|don't|never) $/u;

/** A phrase that begins with a negation of its own is not undone by what stands before it. */
function isNegatedAt(text: string, { 0: found, index }: RegExpExecArray): boolean {
  return !found.startsWith("do not") && NEGATION.test(text.slice(Math.max(0, index - 12), index));
}
