import type { Role } from "@conveyor/contracts";
import {
  acknowledgeCommand,
  closeoutCommand,
  deliveryReceipts,
  heartbeatCommand,
  inboxCommand,
  type Program,
  type RunFacts,
  reportCommands,
  wakeupDispatchCommand,
} from "./commands.ts";

export interface PromptFacts {
  task: string;
  worker: string;
  manager: string;
  run: (RunFacts & { max_iterations: number }) | null;
}

const SKILL = "Use the manage-codex-workers skill.";
const IDLE =
  "An idle poll is no completion and no reason to tear anything down: answer with one short line and stop. Never delete or pause a heartbeat after one.";

/** What a session prints while it works, so that whoever watches it can follow (spec 06 §6.3). Pure. */
export function visibleProtocol(program: Program, { task, worker, manager }: PromptFacts, role: Role): string {
  const acknowledge = (status: string) => acknowledgeCommand(program, task, role, status);
  const send =
    role === "worker"
      ? `before you enqueue the report print CONVEYOR SEND with the target manager ${manager}, the result, changed files, commands, evidence, residual risk and the exact command`
      : `before you enqueue work for the worker, or a wake, print CONVEYOR SEND with the target worker ${worker}, a summary of the task, the evidence you require and the exact command`;
  const steps = [
    `before you poll print CONVEYOR POLL with role (${role}), task (${task}) and the command you are about to run`,
    "when nothing was consumed print one short CONVEYOR IDLE line and stop",
    "when something was consumed, before you act print CONVEYOR RECEIVED with command id, correlation id, source role and a short summary of the instruction",
    `at once record its receipt: ${acknowledge("received")} with one JSON object on standard input; after the bounded action, for the same notification, ${acknowledge("accepted")} or ${acknowledge("blocked")}`,
    "while you work print WORK before and after meaningful commands and decisions, with the files you looked at and the evidence",
    send,
    "after the bounded Dispatch run or the delivery receipt print DISPATCH with the number processed and their state, or the exact blocker",
    "repeat in your final answer: command id, notification id, ack status, action, files changed (or none), commands run, result of the send, result of Dispatch, next state",
  ];
  return [
    "Visible session protocol. These sections are live output in this very session, not a replay written later:",
    ...steps.map((step, index) => `${index + 1}. ${step}`),
  ].join("\n");
}

/** The prompt with which the worker's thread begins (spec 01 §6.11, `worker_handoff`). Pure. */
export function workerHandoff(program: Program, facts: PromptFacts): string {
  const { task, run } = facts;
  const poll = inboxCommand(program, task, "worker");
  return paragraphs([
    SKILL,
    `You are the worker of the Conveyor task ${task}, in ${run === null ? "no loop run" : `the loop run ${run.name}`}. Your session is ${facts.worker}, your manager's ${facts.manager}.`,
    visibleProtocol(program, facts, "worker"),
    bullets([
      `Poll until the inbox is empty${run === null ? " or max_iterations is reached" : ` or max_iterations (${run.max_iterations}) is reached`}; consume the next item now, and treat each as your manager's next instruction.`,
      "Report files, commands, evidence and residual risk.",
      ...durableReport(program, task),
      'Running by itself needs a heartbeat layer that wakes this thread; without one report "manual-poll only".',
      IDLE,
    ]),
    `Poll with: ${poll}`,
  ]);
}

/** The prompt of the manager's heartbeat. Pure. */
export function managerHeartbeat(program: Program, facts: PromptFacts): string {
  const { task } = facts;
  const receipts = deliveryReceipts(program, task);
  return paragraphs([
    SKILL,
    `This is the role heartbeat of the manager ${facts.manager} for the Conveyor task ${task}.`,
    visibleProtocol(program, facts, "manager"),
    bullets([
      ...polling(program, task, "manager"),
      `A thread whose lease is stale is woken through ${wakeupDispatchCommand(program, task)}: send only prompts with send_ready=true, then record what became of each action: ${receipts.sent}, ${receipts.skipped} or ${receipts.blocked}`,
      "Execute only the consumed instruction. Verify the worker's claims before you record them, demand concrete evidence, bring Conveyor's state up to date, and produce exactly one next worker task.",
      IDLE,
      "Keep your own close-out proof out of the worker's criteria.",
      `When every accepted criterion is satisfied, deferred or rejected and nothing is next: record the terminal decision, run ${closeoutCommand(program, task)} and report that the heartbeats can be torn down. A task that is still managed after that is a control-plane blocker: report it.`,
    ]),
  ]);
}

/** The prompt of the worker's heartbeat. Pure. */
export function workerHeartbeat(program: Program, facts: PromptFacts): string {
  const { task } = facts;
  return paragraphs([
    SKILL,
    `This is the role heartbeat of the worker ${facts.worker} for the Conveyor task ${task}.`,
    visibleProtocol(program, facts, "worker"),
    bullets([
      ...polling(program, task, "worker"),
      "Execute that single instruction only.",
      "Return the exact commands, compact evidence, blockers and residual risk, and exactly one recommended next task.",
      ...durableReport(program, task),
      IDLE,
      "Tear-down belongs to the manager or the operator, never to you.",
    ]),
  ]);
}

function polling(program: Program, task: string, role: Role): string[] {
  return [
    `Run ${heartbeatCommand(program, task, role)}`,
    `Read the inbox directly only if its output asks for it: ${inboxCommand(program, task, role)}`,
  ];
}

function durableReport(program: Program, task: string): string[] {
  const { notify, dispatch } = reportCommands(program, task);
  return [
    `After you completed or blocked, and before your final answer, run exactly ${notify} and then exactly ${dispatch}`,
    "A final answer in this thread is neither a receipt nor a completion. If one of the two commands fails, that is the blocker, and the manager has not been notified.",
  ];
}

function bullets(points: readonly string[]): string {
  return points.map((point) => `- ${point}`).join("\n");
}

function paragraphs(parts: readonly string[]): string {
  return parts.join("\n\n");
}
