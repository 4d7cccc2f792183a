import type { BlockedPolicy, Chain, NotificationSummary } from "@conveyor/contracts";
import { type CorrelationChain, correlationChains } from "../../shared/correlation-chains.ts";
import type { ChainAttempt, ChainItem, ChainParts } from "./chain-parts.ts";
import { conversationOf } from "./conversation.ts";

/**
 * A chain of `dispatch status` (spec 03 §6.13, §8; spec 06 §6.6.3). Message bodies are in it; redact before it leaves.
 * Pure.
 */
export function chainOf(parts: ChainParts, now: string): Chain {
  const { command, items, attempts, decision } = parts;
  const [chain] = correlationChains({
    commands: present(command),
    command_attempts: attempts.map(asRow),
    routed_notifications: items.map(asRow),
    manager_decisions: present(decision),
  });
  if (chain === undefined) throw new Error("a chain needs a command or a notification");
  return describe(chain, parts, now);
}

const asRow = <Row extends { seq: number }>(row: Row) => row as Row & Record<string, unknown>;
const present = <Row extends { seq: number }>(row: Row | undefined) => (row === undefined ? [] : [asRow(row)]);

function describe(chain: CorrelationChain, parts: ChainParts, now: string): Chain {
  const { command, items, attempts } = parts;
  const [item] = items;
  const claim = claimOf(command ?? item, now);
  const failed = attempts.find(({ error }) => error !== null)?.error;
  return {
    key: chain.command_id ?? `notification-${item?.id}`,
    time: chain.created_at,
    summary:
      command === undefined ? `${chain.command_type} notification #${item?.id}` : `${command.type} ${command.id}`,
    task_id: command?.task_id ?? item?.task_id ?? null,
    task_name: command?.task_name ?? item?.task_name ?? null,
    command_id: chain.command_id,
    command_type: chain.command_type,
    command_state: chain.command_state as Chain["command_state"],
    correlation_id: chain.correlation_id,
    manager_cycle_id: chain.manager_cycle_id,
    manager_decision_id: chain.manager_decision_id,
    source_event_id: chain.source_event_id ?? null,
    error: failed ?? command?.error ?? item?.error ?? null,
    refused: command?.state === "failed" && command.result?.["expected_failure"] === true,
    side_effect_risk: isRisky(parts, claim),
    available_at: command?.available_at ?? null,
    max_attempts: command?.max_attempts ?? null,
    attempt_count: command?.attempts ?? 0,
    claim,
    blocked_policy: blockedPolicyOf(attempts),
    attempts: attempts.map(attemptOf),
    notifications: items.map(itemSummaryOf),
    notification_count: items.length,
    conversation: conversationOf(chain, parts),
  };
}

interface Claimed {
  state: string;
  claimed_by: string | null;
  claimed_at: string | null;
  claim_expires_at: string | null;
}

/** Who holds or held it; the lease fields of what has ended stay as evidence and expire no more. */
function claimOf(row: Claimed | undefined, now: string): Chain["claim"] {
  if (row === undefined || row.claimed_by === null) return null;
  const { claimed_by, claimed_at, claim_expires_at } = row;
  const isOpen = row.state === "attempted" || row.state === "pending";
  const expired = isOpen && claim_expires_at !== null && Date.parse(claim_expires_at) <= Date.parse(now);
  return { claimed_by, claimed_at, claim_expires_at, expired };
}

/** Of a side effect that a live dispatcher is just carrying out the end is only not known yet. */
function isRisky({ command, attempts, items }: ChainParts, claim: Chain["claim"]): boolean {
  const isOpenEnded = (one: { side_effect_started: number; side_effect_completed: number }) =>
    one.side_effect_started === 1 && one.side_effect_completed === 0;
  if (command === undefined) return items.some((item) => item.state === "failed" && isOpenEnded(item));
  if (command.state !== "failed" && command.state !== "attempted") return false;
  return attempts.some((attempt) => isOpenEnded(attempt) && (attempt.state !== "running" || (claim?.expired ?? true)));
}

function attemptOf(attempt: ChainAttempt): Chain["attempts"][number] {
  const { seq: _seq, command_id: _command, side_effect_started, side_effect_completed, ...rest } = attempt;
  return {
    ...(rest as unknown as Chain["attempts"][number]),
    side_effect_started: side_effect_started === 1,
    side_effect_completed: side_effect_completed === 1,
  };
}

/** A notification as its readers see it, without its words. */
export function itemSummaryOf(item: Omit<ChainItem, "payload"> & { payload?: unknown }): NotificationSummary {
  const { seq: _seq, payload: _payload, side_effect_started, side_effect_completed, ...rest } = item;
  const { claimed_by: _by, claimed_at: _at, claim_expires_at: _expires, ...shown } = rest;
  return {
    ...(shown as Omit<NotificationSummary, "side_effect_started" | "side_effect_completed">),
    side_effect_started: side_effect_started === 1,
    side_effect_completed: side_effect_completed === 1,
  };
}

/** Why a policy refused the command, as its attempt recorded it. */
function blockedPolicyOf(attempts: readonly ChainAttempt[]): BlockedPolicy | null {
  const result = attempts.map((attempt) => attempt.result);
  const blocked = result.findLast((one) => one?.["state"] === "blocked");
  if (blocked === undefined || blocked === null) return null;
  const text = (key: string) => (typeof blocked[key] === "string" ? blocked[key] : null);
  const number = (key: string) => (Number.isInteger(blocked[key]) ? (blocked[key] as number) : null);
  const texts = (key: string) => {
    const list = blocked[key];
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  };
  return {
    reason: text("reason"),
    gate: text("gate"),
    run_id: text("run_id"),
    current_iteration: number("current_iteration"),
    max_iterations: number("max_iterations"),
    requested_iteration: number("requested_iteration"),
    missing_evidence: texts("missing_evidence"),
    required_before_continue: texts("required_before_continue"),
    manager_decision_id: number("manager_decision_id"),
    delivered: blocked["delivered"] === true,
    target_worker_notified: blocked["target_worker_notified"] === true,
  };
}
