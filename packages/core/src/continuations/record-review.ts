import type { ContinuationReview } from "@conveyor/contracts";
import { COMPLETION_MODES } from "@conveyor/contracts/contract/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, decodeRow, type Prisma, type ReadTx, type WriteTx } from "@conveyor/store";
import { mayHappen } from "../contract/may.ts";
import { askOperator } from "../contract/operator-items.ts";
import { grantsOfTask, useGrants } from "../contract/scoped-grants.ts";
import { parsed } from "../shared/parsed.ts";
import type { ReviewDocument } from "./review-document.ts";
import { operatorRoutingRequired } from "./routing.ts";

/** The permission that every review needs. */
export const REVIEW_PERMISSION = "context.spawn_reviewer";

/** A stored review as users see it. */
export function reviewOf(row: Prisma.continuation_reviewsGetPayload<object>): ContinuationReview {
  const { seq: _seq, ...review } = decodeRow(row);
  const { subagent_run } = review as unknown as Pick<ContinuationReview, "subagent_run">;
  // What cannot be read is for a person to decide.
  return {
    ...review,
    operator_routing_required: subagent_run["operator_routing_required"] !== false,
  } as ContinuationReview;
}

/**
 * Refuse a review that the contract does not allow; answers with the grants beside the config that it rests on. Throws `permission_denied` with
 * the reasons (spec 04 §4.11).
 */
export async function assertMayReview(tx: ReadTx, task_id: string): Promise<number[]> {
  const config = await tx.db.manager_configs.findUnique({ where: { task_id }, select: { permissions_json: true } });
  const permissions = config === null ? undefined : (parsed(config.permissions_json) ?? null);
  const grants = await grantsOfTask(tx, task_id);
  const { allowed, reasons, grant_ids } = mayHappen(
    { permissions, handoff_id: null, grants },
    { action: REVIEW_PERMISSION, scope: { now: tx.now } },
  );
  if (allowed) return grant_ids ?? [];
  throw new ConveyorError("permission_denied", `a review needs ${REVIEW_PERMISSION} (${reasons.join(", ")})`, {
    hint: `grant it if a person wants it: conveyor manager-config TASK --permit ${REVIEW_PERMISSION}`,
    details: { action: REVIEW_PERMISSION, reasons },
  });
}

/** A review and the very proposals that were looked at. */
export interface NewReview {
  task: { id: string; name: string };
  correlation_id: string;
  worker_continuation_id: number;
  manager_continuation_id: number;
  review: ReviewDocument;
}

/** Write a review with what follows from the config, and `continuation_review_recorded`. */
export async function recordReview(tx: WriteTx, wanted: NewReview): Promise<ContinuationReview> {
  const { task, correlation_id, worker_continuation_id, manager_continuation_id, review } = wanted;
  const { agreement, verdict, rationale, addendum } = review;
  const nudge_on_completion = await completionModeOf(tx, task.id);
  const { status } = review.subagent_run;
  const operator_routing_required = operatorRoutingRequired({ agreement, verdict, status, nudge_on_completion });
  const subagent_run = { ...review.subagent_run, nudge_on_completion, operator_routing_required };
  const ids = { worker_continuation_id, manager_continuation_id };
  const row = await tx.db.continuation_reviews.create({
    data: {
      seq: tx.seq(),
      task_id: task.id,
      ...ids,
      agreement,
      verdict,
      addendum,
      rationale,
      subagent_run_json: canonicalJson(subagent_run),
      created_at: tx.now,
      correlation_id,
    },
  });
  const facts = { agreement, verdict, operator_routing_required };
  tx.tell("continuation_review_recorded", {
    task_id: task.id,
    severity: verdict === "stop" || operator_routing_required ? "warning" : "info",
    summary: `proposals of ${task.name}: ${agreement}, verdict ${verdict}`,
    correlation: { review_id: row.id, ...ids, correlation_id },
    correlation_id,
    attributes: { ...facts, ...runFacts(subagent_run), nudge_on_completion, has_addendum: addendum !== null },
    payload: { ...facts, review_id: row.id, ...ids },
  });
  await useGrants(tx, task.id, await assertMayReview(tx, task.id));
  if (verdict === "stop" || operator_routing_required) {
    const refs = { review_id: row.id, correlation_id, agreement, verdict };
    await askOperator(tx, task, { kind: "review", subject: correlation_id, refs });
  }
  return reviewOf(row);
}

/** What telemetry tells of the run, none of it content. */
function runFacts(run: Record<string, unknown>) {
  const text = (name: string) => (typeof run[name] === "string" ? (run[name] as string) : null);
  const number = (name: string) => (typeof run[name] === "number" ? (run[name] as number) : null);
  const allowed = run["allowed_context"];
  return {
    allowed_context: Array.isArray(allowed) ? allowed.filter((own) => typeof own === "string").sort() : [],
    has_rationale: true as const,
    manager_rollout_access: false as const,
    manager_session_id: text("manager_session_id"),
    reviewer_session_id: text("reviewer_session_id"),
    reviewer_session_distinct: run["manager_session_id"] !== run["reviewer_session_id"],
    payload_redacted: true as const,
    reviewer_failure_routing_forced: run["status"] === "failed",
    reviewer_duration_ms: number("duration_ms"),
    reviewer_returncode: number("returncode"),
    reviewer_status: text("status"),
  };
}

async function completionModeOf(tx: ReadTx, task_id: string): Promise<string> {
  const config = await tx.db.manager_configs.findUnique({ where: { task_id }, select: { nudge_on_completion: true } });
  const mode = config?.nudge_on_completion;
  return mode !== undefined && (COMPLETION_MODES as readonly string[]).includes(mode) ? mode : "ask-operator";
}
