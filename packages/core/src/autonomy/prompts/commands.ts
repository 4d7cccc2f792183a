import type { DeliveryStatus, Role } from "@conveyor/contracts";
import { DEFAULT_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import { type CommandWords, commandLine, type FlagsOf, type Program, slot } from "../../shared/command-line.ts";
import { pollCommand } from "../../shared/poll-command.ts";

/** What the commands of a pair are about. */
export interface PairScope {
  /** Name of the task. */
  task: string;
  /** The dispatcher that was asked for; null: any live one counts, and one that has to be run goes by the usual id. */
  dispatcher_id: string | null;
}

/** How often Dispatch is to look, and how many seconds after each other. */
export interface WatchBounds {
  watch_iterations: number;
  interval_seconds: number;
}

export type PairCommands = ReturnType<typeof pairCommands>;

/**
 * Every command that prompts and answers of a pair name, each complete: with program prefix, ledger path, and the
 * dispatcher wherever one was asked for (spec 06 §6.1.2). What only the reader knows is left open as `<slot>`. Pure.
 */
export function pairCommands(program: Program, { task, dispatcher_id }: PairScope) {
  const ofTask = <Words extends CommandWords>(command: Words, flags: FlagsOf<NoInfer<Words>>) =>
    commandLine(program, [command, task], flags);
  const delivery = (delivery_status: DeliveryStatus, more: FlagsOf<"app-wakeup-record-delivery">) =>
    ofTask("app-wakeup-record-delivery", {
      role: slot("role"),
      dispatch_receipt: slot("receipt.event_id"),
      delivery_status,
      ...more,
      json: true,
    });
  return {
    heartbeat: (role: Role) => ofTask("app-heartbeat", { role, dispatcher_id, json: true }),
    status: ofTask("app-loop-status", { dispatcher_id, json: true }),
    plan_wakeup: ofTask("app-wakeup-plan", { dispatcher_id, json: true }),
    dispatch_wakeup: ofTask("app-wakeup-dispatch", { dispatcher_id, json: true }),
    /** Each is for the actions of one status only. */
    record_delivery: {
      sent: delivery("sent", { thread_id: slot("action.thread.id") }),
      skipped: delivery("skipped", {}),
      blocked: delivery("blocked", { reason: slot("reason") }),
    },
    inbox: (role: Role) => pollCommand(program, task, role),
    acknowledge: (role: Role, status: "received" | "accepted" | "blocked") =>
      ofTask("inbox-ack", { notification_id: slot("id"), role, status, from_stdin: true, json: true }),
    report: ofTask("enqueue-notify-manager", {
      message: slot("report"),
      correlation_id: slot("correlation_id"),
      json: true,
    }),
    instruct: ofTask("enqueue-nudge-worker", {
      message: slot("instruction"),
      correlation_id: slot("correlation_id"),
      json: true,
    }),
    dispatch_once: commandLine(program, ["dispatch"], {
      watch: true,
      watch_iterations: 1,
      interval: 2,
      dispatcher_id: dispatcher_id ?? DEFAULT_DISPATCHER_ID,
      json: true,
    }),
    watch: (id: string) => commandLine(program, ["dispatch"], { watch: true, dispatcher_id: id }),
    /** With an end, so that nobody leaves one running for ever. */
    watch_within: (id: string, { watch_iterations, interval_seconds }: WatchBounds) =>
      commandLine(program, ["dispatch"], {
        watch: true,
        watch_iterations,
        interval: interval_seconds,
        dispatcher_id: id,
      }),
    autopilot: {
      status: ofTask("app-autopilot status", { dispatcher_id, json: true }),
      stop: ofTask("app-autopilot stop", { dispatcher_id, json: true }),
      record_automation: ofTask("app-autopilot record-automation", {
        role: slot("role"),
        automation_id: slot("automation_id"),
        dispatcher_id,
        json: true,
      }),
    },
    record_rotation: (old_worker_thread_id: string, plan_receipt: string) =>
      ofTask("app-worker-rotation-record", {
        old_worker_thread_id,
        new_worker_thread_id: slot("new.thread.id"),
        new_worker_thread_title: slot("new.thread.title"),
        archive_status: "archived",
        plan_receipt,
        json: true,
      }),
    close: ofTask("finish-task", { reason: slot("why"), require_criteria_audit: true }),
  };
}
