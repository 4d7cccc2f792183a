import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import { recordCommand } from "../../loops/advice.ts";
import type { LiveRoute, Objection } from "../../loops/gates.ts";
import { commandLine, type Program } from "../../shared/command-line.ts";
import type { Work } from "./work.ts";

/** What a manager finds in its inbox when a gate has refused what it asked for. */
const SIGNAL = "continuation_blocked";

/**
 * Tell the manager that a gate of a loop refused its request, so that it need not look through commands for it (spec 05
 * §9): an item in its inbox with the reason and what is missing. It belongs to no command, since nothing of that
 * one was delivered; a label of its own ties it to it.
 */
export function noticeRefusal(tx: FastTx, program: Program, work: Work, route: LiveRoute, objection: Objection): void {
  const { policy, requested_iteration, verdict, gate } = objection;
  const { worker, manager } = route.binding;
  const task = route.task.name;
  const iteration = gate === "merge" ? requested_iteration : requested_iteration - 1;
  const message = `${work.command.type} was refused by the ${gate ?? "loop"} gate of ${policy.run_id}: ${verdict.reason}`;
  dispatchRows.putCommandItem(tx, {
    task_id: route.task.id,
    binding_id: route.binding.id,
    correlation_id: `refused-${work.command.id}`,
    source_session_id: worker.id,
    target_session_id: manager.id,
    signal_type: SIGNAL,
    dedupe_key: `${SIGNAL}:${work.command.id}`,
    command_id: null,
    source_event_id: null,
    source_event_timestamp: null,
    delivery_mode: "pull_required",
    payload_json: canonicalJson({
      message,
      refused_command_id: work.command.id,
      refused_command_type: work.command.type,
      refused_correlation_id: work.command.correlation_id,
      gate: gate ?? "continue",
      loop_run_id: policy.run_id,
      reason: verdict.reason,
      missing_evidence: verdict.missing_evidence,
      current_iteration: policy.current_iteration,
      max_iterations: policy.max_iterations,
      requested_iteration,
      pending_command_id: objection.pending_command_id,
      next_commands: [
        commandLine(program, ["loop-status", task], { run: policy.run_id }),
        ...verdict.missing_evidence.map((type) =>
          recordCommand(program, { task, run_id: policy.run_id, iteration, type }),
        ),
      ],
    }),
    claimed_by: null,
    claim_expires_at: null,
  });
}
