import type { LoopState, Output } from "@conveyor/contracts";
import { commandLine, type Program, slot } from "../shared/command-line.ts";
import { pollCommand } from "../shared/poll-command.ts";
import type { EvidenceStanding } from "./standing.ts";

type Status = Output<"loops.status">;
type Action = NonNullable<Status["next_action"]>;

/** What the advice goes by. */
export interface LoopFacts {
  task: string;
  run_id: string;
  loop_state: LoopState;
  next_iteration: number;
  reason: string | null;
  standings: readonly EvidenceStanding[];
  alerts: number;
  worker_unconsumed: number;
  consumed_unacknowledged: number;
  /** Requests to go on that Dispatch has not decided yet. */
  queued: number;
}

/** What a manager is told in one word, as the earlier tool told it (spec 05 §5.8). Pure. */
export function recommend({ alerts, worker_unconsumed }: Pick<LoopFacts, "alerts" | "worker_unconsumed">) {
  if (alerts > 0) return "inspect_failures";
  return worker_unconsumed > 0 ? "worker_should_consume_inbox" : "ready_for_manager_review";
}

/** Reasons for which no further evidence and no waiting opens the gate. */
const FINAL: ReadonlySet<string> = new Set([
  "max_iterations_reached",
  "max_runtime_reached",
  "max_blocked_attempts_reached",
  "no_progress",
]);

/** What to do next, with the command for it; null when the loop is closed (spec 05 §5.8). Pure. */
export function nextLoopAction(program: Program, facts: LoopFacts): Action | null {
  const { task, run_id, next_iteration } = facts;
  const act = (code: Action["code"], command: string): Action => ({ code, command });
  if (facts.alerts > 0) return act("resolve_failures", commandLine(program, ["commands"], { task, state: "failed" }));
  if (facts.worker_unconsumed > 0) return act("worker_consume", pollCommand(program, task, "worker"));
  if (facts.loop_state === "closed") return null;
  if (facts.queued > 0) {
    return act("await_worker", commandLine(program, ["dispatch"], { once: true, type: "continue_iteration" }));
  }
  if (facts.reason === null) {
    const flags = { loop_run: run_id, requested_iteration: next_iteration, message: slot("message") };
    return act("enqueue_next", commandLine(program, ["enqueue-continue-iteration", task], flags));
  }
  if (FINAL.has(facts.reason)) return act("close_loop", commandLine(program, ["runs"], { finish: run_id }));
  const lacking = facts.standings.find(({ state }) => state !== "satisfied");
  const isUntouched = facts.standings.every(({ receipt }) => receipt === undefined);
  if (lacking === undefined || (isUntouched && facts.consumed_unacknowledged > 0)) {
    return act("await_worker", commandLine(program, ["loop-status", task], { run: run_id }));
  }
  const code = lacking.state === "missing" ? "record_evidence" : "fix_evidence";
  return act(
    code,
    recordCommand(program, { task, run_id, iteration: next_iteration - 1, type: lacking.evidence_type }),
  );
}

/** The command that records one kind of evidence. Pure. */
export function recordCommand(
  program: Program,
  { task, run_id, iteration, type }: { task: string; run_id: string; iteration: number; type: string },
): string {
  const of = { loop_run: run_id, iteration };
  if (type === "adversarial_check") {
    const texts = { failure_mode: slot("text"), check: slot("text"), result: slot("text") };
    return commandLine(program, ["loop-evidence adversarial-check", task], { ...of, ...texts });
  }
  return commandLine(program, ["loop-evidence add", task], { ...of, evidence_type: type });
}
