import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { MESSAGE_BYTES } from "@conveyor/contracts/limits";
import { readWhole } from "@conveyor/files";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { insertCriterion } from "./add.ts";
import { type AnswerItem, readAnswer } from "./answer-items.ts";
import { isManagerCloseout } from "./closeout.ts";
import { criteriaOf, criteriaSummaryOf } from "./criterion.ts";

type Plan = Output<"criteria.plan">;
type Suggestion = Plan["suggestions"][number];

const LATER = "follow-up after this slice";
const CLOSEOUT = {
  kind: "manager_closeout_proof",
  recommendation: "keep_out_of_acceptance_criteria",
  reason:
    "closing the task is the manager's own work: it belongs in its final report, not among what the worker must prove",
} as const;

/**
 * The commands that would record what a worker's answer names; writes nothing (spec 04 §4.6). Throws `not_found`, `usage`
 * unless exactly one input is given, and `invalid_input` for a file that cannot be read.
 */
export async function plan(ctx: Ctx, input: Input<"criteria.plan">): Promise<Plan> {
  const { name } = await ctx.store.peek((tx) => resolveTask(tx, input.task));
  const answer = readAnswer(answerOf(input));
  const suggestions = answer.items.map((item) => suggestionOf(item, name, input.ledger_path));
  return { task: name, suggestions, warnings: warningsOf(suggestions, answer.has_heading) };
}

/**
 * Record what an answer names, in one transaction; what speaks of closing the task is left out (spec 04 §8). Throws what
 * `plan` throws.
 */
export async function applyPlan(ctx: Ctx, input: Input<"criteria.applyPlan">): Promise<Output<"criteria.applyPlan">> {
  const { suggestions, warnings } = await plan(ctx, input);
  const wanted = suggestions.filter(({ classification }) => classification === null);
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const affected_criteria = [];
    for (const { criterion: text, status, source, rationale } of wanted) {
      const { criterion, created } = await insertCriterion(tx, {
        task_id: id,
        criterion: text,
        status,
        source,
        ...(rationale !== null && { rationale }),
      });
      affected_criteria.push({ ...criterion, created });
    }
    const criteria = criteriaOf(tx, id);
    return {
      task: { id, name },
      criteria,
      summary: criteriaSummaryOf(criteria),
      affected_criteria,
      left_out: suggestions.filter((one) => !wanted.includes(one)).map(({ criterion }) => criterion),
      warnings,
    };
  });
}

function answerOf({ from_text, from_worker_response: file, from_stdin }: Input<"criteria.plan">): string {
  const texts = [from_text, from_stdin].filter((text) => text !== undefined);
  if (texts.length + (file === undefined ? 0 : 1) !== 1) {
    throw new ConveyorError("usage", "give exactly one of --from-text, --from-worker-response and --from-stdin");
  }
  if (file === undefined) return texts[0] as string;
  const read = readWhole(file, { most_bytes: MESSAGE_BYTES });
  if (read.ok) return read.text;
  throw new ConveyorError("invalid_input", `${file} ${read.reason}`, {
    hint: "name a text file that holds the worker's answer",
    details: { field: "from_worker_response", code: read.code },
  });
}

function suggestionOf({ section: status, text }: AnswerItem, task: string, ledger: string | undefined): Suggestion {
  const rationale = status === "deferred" ? LATER : null;
  return {
    criterion: text,
    status,
    source: "worker_proposed",
    rationale,
    classification: isManagerCloseout(text) ? { ...CLOSEOUT } : null,
    command: [
      ...["conveyor", "criteria", task, "--add"],
      // A value that begins with dashes would be read as the next flag.
      ...(text.startsWith("--") ? [`--criterion=${text}`] : ["--criterion", text]),
      ...["--source", "worker_proposed", "--status", status],
      ...(rationale === null ? [] : ["--rationale", rationale]),
      ...(ledger === undefined ? [] : ["--path", ledger]),
    ],
  };
}

function warningsOf(suggestions: readonly Suggestion[], has_heading: boolean): string[] {
  const closeouts = suggestions.filter(({ classification }) => classification !== null);
  return [
    ...(has_heading
      ? []
      : ["no heading says what must hold now and what can follow: ask the worker to separate the two"]),
    ...(has_heading && suggestions.length === 0 ? ["there are headings, but no items below them"] : []),
    ...closeouts.map(
      ({ criterion }) => `this speaks of closing the task, which is no criterion of the worker: ${criterion}`,
    ),
  ];
}
