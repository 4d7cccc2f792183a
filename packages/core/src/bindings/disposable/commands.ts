import type { InputOf, operations, Role } from "@conveyor/contracts";
import { DEFAULT_DISPATCHER_ID } from "@conveyor/contracts/dispatch";
import type { Settings } from "../../ctx.ts";
import { commandLine, type FlagValue, slot } from "../../shared/command-line.ts";

export type Program = Pick<Settings, "program" | "ledger_path">;
export type DisposableInput = InputOf<(typeof operations)["bindings"]["createDisposable"]>;

export interface RunFacts {
  name: string;
  current_iteration: number;
}

/** How a role reads its inbox. */
export function inboxCommand(program: Program, task: string, role: Role): string {
  return commandLine(program, [`${role}-inbox`, task], { consume_next: true, wait: true, timeout: 60, json: true });
}

/** How a role says that it is alive and learns what to do next. */
export function heartbeatCommand(program: Program, task: string, role: Role): string {
  return commandLine(program, ["app-heartbeat", task], { role, json: true });
}

export function wakeupDispatchCommand(program: Program, task: string): string {
  return commandLine(program, ["app-wakeup-dispatch", task], { json: true });
}

export function closeoutCommand(program: Program, task: string): string {
  return commandLine(program, ["finish-task", task], { reason: slot("why"), require_criteria_audit: true });
}

/** How what was done with a wake action is recorded; each is used for the actions of that status only. */
export function deliveryReceipts(program: Program, task: string) {
  const receipt = (delivery_status: string, more: Record<string, FlagValue>) =>
    commandLine(program, ["app-wakeup-record-delivery", task], {
      role: slot("role"),
      dispatch_receipt: slot("receipt.event_id"),
      delivery_status,
      ...more,
    });
  return {
    sent: receipt("sent", { thread_id: slot("action.thread.id") }),
    skipped: receipt("skipped", {}),
    blocked: receipt("blocked", { reason: slot("reason") }),
    note: "Only after a wakeup-dispatch; `sent` only for actions with send_ready=true.",
  };
}

/** How the worker reports durably, and how the report is then delivered. */
export function reportCommands(program: Program, task: string): { notify: string; dispatch: string } {
  return {
    notify: commandLine(program, ["enqueue-notify-manager", task], { message: slot("report"), json: true }),
    dispatch: commandLine(program, ["dispatch"], {
      watch: true,
      watch_iterations: 1,
      interval: 2,
      dispatcher_id: DEFAULT_DISPATCHER_ID,
      json: true,
    }),
  };
}

/** How an item that was taken from the inbox is acknowledged. */
export function acknowledgeCommand(program: Program, task: string, role: Role, status: string): string {
  return commandLine(program, ["inbox-ack", task], {
    notification_id: slot("id"),
    role,
    status,
    from_stdin: true,
    json: true,
  });
}

/** The same set-up again, and the first steps of the loop or of the conversation (spec 01 §6.11). */
export function replayCommands(
  program: Program,
  input: Required<Names> & DisposableInput,
  run: RunFacts | null,
): string[] {
  const { task } = input;
  if (run === null) {
    return [
      recreateCommand(program, input, null),
      commandLine(program, ["worker-inbox", task], { wait: true, json: true }),
      commandLine(program, ["manager-inbox", task], { wait: true, json: true }),
    ];
  }
  return [
    recreateCommand(program, input, run),
    commandLine(program, ["enqueue-continue-iteration", task], {
      loop_run: run.name,
      requested_iteration: run.current_iteration + 1,
      message: "continue with the next iteration",
      json: true,
    }),
    commandLine(program, ["dispatch"], { once: true, type: "continue_iteration", json: true }),
    commandLine(program, ["worker-inbox", task], { consume_next: true, wait: true, json: true }),
    commandLine(program, ["loop-status", task], { run: run.name, json: true }),
  ];
}

/** The names that are in effect, given or not. */
interface Names {
  worker: string;
  manager: string;
  goal: string;
}

function recreateCommand(program: Program, input: Required<Names> & DisposableInput, run: RunFacts | null): string {
  return commandLine(program, ["create-disposable-binding", input.task], {
    goal: input.goal,
    summary: input.summary,
    worker: input.worker,
    manager: input.manager,
    worker_codex_app_thread_id: input.worker_codex_app_thread_id,
    worker_codex_app_thread_title: input.worker_codex_app_thread_title,
    manager_codex_app_thread_id: input.manager_codex_app_thread_id,
    manager_codex_app_thread_title: input.manager_codex_app_thread_title,
    session_dir: input.session_dir,
    cwd: input.cwd,
    ...(run !== null && {
      template: input.template,
      required_before_continue: input.required_before_continue,
      adversarial: input.adversarial,
      max_iterations: input.max_iterations,
      current_iteration: input.current_iteration,
      cleanup_policy: input.cleanup_policy,
      run_name: input.run_name,
      seed_prompt_sha256: input.seed_prompt_sha256,
    }),
  });
}
