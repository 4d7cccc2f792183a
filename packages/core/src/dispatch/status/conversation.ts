import type { ConversationStep } from "@conveyor/contracts";
import type { CorrelationChain } from "../../shared/correlation-chains.ts";
import type { ChainItem, ChainParts } from "./chain-parts.ts";

/**
 * What passed between manager and worker in one chain, in order: decision, attempt, notifications, what the worker said
 * last, and the cycle that took note (spec 03 §8). Words stand under `message`, so that redaction finds them. Pure.
 */
export function conversationOf(chain: CorrelationChain, parts: ChainParts): ConversationStep[] {
  const { command, items, attempts, decision } = parts;
  const attempt = attempts.at(-1);
  const cycleItem = items.find(({ consumed_manager_cycle_id }) => consumed_manager_cycle_id !== null);
  const steps: (ConversationStep | false)[] = [
    decision !== undefined &&
      step("manager_decision", `decision ${decision.id}: ${decision.decision}`, { detail: decision.reason }),
    // Words that have become a notification are told there.
    command !== undefined &&
      items.length === 0 &&
      step("queued_command", `${command.type} queued`, {
        at: command.created_at,
        show: command.id,
        message: wordsOf(command.payload),
      }),
    attempt !== undefined &&
      step("dispatch_attempt", `attempt ${attempt.id} ${attempt.state} by ${attempt.dispatcher_id}`, {
        at: attempt.started_at,
        detail: attempt.error,
      }),
    ...items.flatMap((item) => [itemStep(item), receiptStep(item)]),
    chain.manager_cycle_id !== null &&
      step("manager_cycle", `manager cycle ${chain.manager_cycle_id}`, { at: cycleItem?.consumed_at ?? null }),
  ];
  return steps.filter((one) => one !== false);
}

function itemStep(item: ChainItem): ConversationStep {
  const taken =
    item.consumed_at === null
      ? null
      : `consumed ${item.consumed_at} by ${item.consumed_by_session_name ?? item.target_session_name}`;
  const answered =
    item.acknowledgement === null ? null : `${item.acknowledgement.status} ${item.acknowledgement.created_at}`;
  const label = `notification #${item.id} ${item.state} to ${item.target_session_name} (${item.delivery_mode})`;
  return step("routed_notification", label, {
    at: item.delivered_at ?? item.created_at,
    detail: [taken, answered, item.error].filter((part) => part !== null).join("; ") || null,
    show: String(item.id),
    message: wordsOf(item.payload),
  });
}

/** Of a finished turn: what its worker said at the end. */
function receiptStep(item: ChainItem): ConversationStep | false {
  const receipt = item.payload?.["worker_receipt"];
  if (receipt === null || typeof receipt !== "object") return false;
  const { completed_at, last_agent_message } = receipt as { completed_at?: unknown; last_agent_message?: unknown };
  return step("worker_receipt", `turn of ${item.source_session_name} ended (event ${item.source_event_id})`, {
    at: typeof completed_at === "string" ? completed_at : null,
    show: typeof last_agent_message === "string" ? String(item.id) : null,
    message: typeof last_agent_message === "string" ? last_agent_message : undefined,
  });
}

/** The words of a command or of an item. */
export function wordsOf(payload: Record<string, unknown> | null): string | undefined {
  return [payload?.["message"], payload?.["text"]].find((words) => typeof words === "string");
}

function step(
  kind: ConversationStep["kind"],
  label: string,
  { detail = null, at = null, show = null, message }: Partial<ConversationStep>,
): ConversationStep {
  return { kind, label, detail, at, show, ...(message !== undefined && { message }) };
}
