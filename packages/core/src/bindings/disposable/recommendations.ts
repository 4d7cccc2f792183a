import type { OutputOf, operations, Role } from "@conveyor/contracts";
import { commandLine } from "../../shared/command-line.ts";
import {
  closeoutCommand,
  deliveryReceipts,
  heartbeatCommand,
  inboxCommand,
  type Program,
  wakeupDispatchCommand,
} from "./commands.ts";
import { managerHeartbeat, type PromptFacts, workerHeartbeat } from "./prompts.ts";

type Recommendations = OutputOf<(typeof operations)["bindings"]["createDisposable"]>["heartbeat_recommendations"];

const INTERVAL_MINUTES = 2;

/** How the two app threads are kept alive (spec 01 §6.11, spec 06 §6.2). Pure. */
export function heartbeatRecommendations(program: Program, facts: PromptFacts): Recommendations {
  const { task } = facts;
  const heartbeat = (role: Role, prompt: string) => ({
    kind: "thread_heartbeat" as const,
    poll_command: heartbeatCommand(program, task, role),
    direct_inbox_command: inboxCommand(program, task, role),
    prompt,
  });
  return {
    applies_when: {
      session_kind: "codex_app",
      receive_style: "pull",
      delivery_mode: "pull_required",
      can_receive_push: false,
    },
    interval_minutes: INTERVAL_MINUTES,
    note: "Dispatch delivers into the inbox, but an idle app thread must be woken before it polls.",
    status_command: commandLine(program, ["app-loop-status", task], { json: true }),
    wakeup_plan_command: commandLine(program, ["app-wakeup-plan", task], { json: true }),
    wakeup_dispatch_command: wakeupDispatchCommand(program, task),
    delivery_receipt_commands: deliveryReceipts(program, task),
    manager: heartbeat("manager", managerHeartbeat(program, facts)),
    worker: heartbeat("worker", workerHeartbeat(program, facts)),
    teardown_policy: {
      owner: "manager_or_operator",
      idle_poll: "Never remove a heartbeat because a poll was empty.",
      terminal_closeout:
        "Only the manager or the operator removes heartbeats: after a terminal decision and a verified close-out, or on explicit instruction.",
      terminal_closeout_command: closeoutCommand(program, task),
      worker_rule: "The worker owns no tear-down.",
    },
  };
}
