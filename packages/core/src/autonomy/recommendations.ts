import type { Output, Role } from "@conveyor/contracts";
import type { Program } from "../shared/command-line.ts";
import { pairCommands } from "./prompts/commands.ts";
import type { PromptFacts } from "./prompts/facts.ts";
import { type PromptName, promptText } from "./prompts.ts";

type Recommendations = Output<"bindings.createDisposable">["heartbeat_recommendations"];

/** How often an app thread shows that it lives. */
const INTERVAL_MINUTES = 2;

/** How the two app threads of a task are kept alive (spec 01 §6.11, spec 06 §6.2). Pure. */
export function heartbeatRecommendations(program: Program, facts: PromptFacts): Recommendations {
  const commands = pairCommands(program, facts);
  const heartbeat = (role: Role, prompt: PromptName) => ({
    kind: "thread_heartbeat" as const,
    poll_command: commands.heartbeat(role),
    direct_inbox_command: commands.inbox(role),
    prompt: promptText(prompt, program, facts),
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
    status_command: commands.status,
    wakeup_plan_command: commands.plan_wakeup,
    wakeup_dispatch_command: commands.dispatch_wakeup,
    delivery_receipt_commands: {
      ...commands.record_delivery,
      note: "Only after a wakeup-dispatch; `sent` only for actions with send_ready=true.",
    },
    manager: heartbeat("manager", "heartbeat_manager"),
    worker: heartbeat("worker", "heartbeat_worker"),
    teardown_policy: {
      owner: "manager_or_operator",
      idle_poll: "Never remove a heartbeat because a poll was empty.",
      terminal_closeout:
        "Only the manager or the operator removes heartbeats: after a terminal decision and a verified close-out, or on explicit instruction.",
      terminal_closeout_command: commands.close,
      worker_rule: "The worker owns no tear-down.",
    },
  };
}
