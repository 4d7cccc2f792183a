import type { dispatchRows } from "@conveyor/store";
import { commandLine, type Program, slot } from "../../shared/command-line.ts";

/** What helps against one reason why messages are not delivered. */
export interface Remedy {
  advice: string;
  /** The command lines that remove the cause for this message, in the order in which to run them. */
  fix(message: DeadMessage, program: Program): string[];
  /** How the message itself gets on its way afterwards: by a retry, a forced one, or not at all. */
  afterwards: "retry" | "force" | "nothing";
}

/** A dead command with its result parsed. */
export interface DeadMessage {
  id: string;
  type: string;
  /** Name of its task. */
  task: string;
  result: Record<string, unknown>;
}

/** A dead command, read. */
export function deadMessageOf({ id, type, task_name, result_json }: dispatchRows.DeadCommand): DeadMessage {
  return { id, type, task: task_name, result: JSON.parse(result_json ?? "{}") as Record<string, unknown> };
}

const NOTHING = () => [];

const openTerminal: Remedy["fix"] = ({ type, task }, program) => [
  commandLine(program, [type === "notify_manager" ? "open-manager" : "open-worker", task]),
];

const queueAnew: Remedy["fix"] = ({ type, task }, program) => {
  const message = slot("message");
  if (type !== "continue_iteration") {
    return [
      commandLine(program, [type === "notify_manager" ? "enqueue-notify-manager" : "enqueue-nudge-worker", task], {
        message,
      }),
    ];
  }
  const flags = { loop_run: slot("run"), requested_iteration: slot("number"), message };
  return [commandLine(program, ["enqueue-continue-iteration", task], flags)];
};

const nextIteration: Remedy["fix"] = ({ task, result }, program) => {
  const { run_id, current_iteration } = result;
  if (typeof run_id !== "string" || typeof current_iteration !== "number") return [];
  const requested_iteration = Math.max(current_iteration, 1) + 1;
  const flags = { loop_run: run_id, requested_iteration, message: slot("message") };
  return [commandLine(program, ["enqueue-continue-iteration", task], flags)];
};

/** By error code of a failed command, or by reason of a blocked one (spec 03 §6.8, §7.1). */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  invalid_payload: {
    advice: "the command carries no message, or no loop run and iteration; queue a new one",
    fix: queueAnew,
    afterwards: "nothing",
  },
  no_active_binding: {
    advice: "the task has no worker and manager; bind it",
    fix: ({ task }, program) => [
      commandLine(program, ["bind"], { task, worker: slot("worker"), manager: slot("manager") }),
    ],
    afterwards: "retry",
  },
  permission_denied: {
    advice: "the manager's configuration does not grant what the command requires; only the operator may grant it",
    fix: NOTHING,
    afterwards: "retry",
  },
  push_target_unavailable: {
    advice: "the terminal could not be reached; see whether tmux answers here",
    fix: (_message, program) => [commandLine(program, ["doctor"])],
    afterwards: "retry",
  },
  push_failed: {
    advice: "typing was interrupted; look at the terminal, and send it again only if it is not there",
    fix: openTerminal,
    afterwards: "force",
  },
  stale_side_effect: {
    advice: "the dispatcher died while it typed; look at the terminal, and send it again only if it is not there",
    fix: openTerminal,
    afterwards: "force",
  },
  unprovable: {
    advice:
      "it was typed, but the agent never recorded it; look at the terminal, and send it again only if it is not there",
    fix: openTerminal,
    afterwards: "force",
  },
  expired: {
    advice: "nobody delivered it within its term; if it still matters, retry it, which gives it no term",
    fix: NOTHING,
    afterwards: "retry",
  },
  attempts_exhausted: {
    advice: "dispatchers died with it again and again; see that one lives",
    fix: (_message, program) => [commandLine(program, ["dispatch"], { watch: true })],
    afterwards: "retry",
  },
  unknown_run: {
    advice: "the loop run does not exist or is none; ask for an iteration of one that does",
    fix: queueAnew,
    afterwards: "nothing",
  },
  run_task_mismatch: {
    advice: "the loop run is another task's; ask for an iteration of one of this task",
    fix: queueAnew,
    afterwards: "nothing",
  },
  lease_lost: { advice: "another dispatcher took it over; retry it", fix: NOTHING, afterwards: "retry" },
  internal: {
    advice: "something unexpected went wrong; look at its error before you retry it",
    fix: ({ id }, program) => [commandLine(program, ["commands show", id])],
    afterwards: "retry",
  },
  stale_requested_iteration: {
    advice: "the iteration has begun already; there is nothing to do",
    fix: NOTHING,
    afterwards: "nothing",
  },
  max_iterations_reached: {
    advice: "the loop has used up its iterations; finish the task, or make a new loop",
    fix: NOTHING,
    afterwards: "nothing",
  },
  loop_closed: {
    advice: "the loop was closed; finish the task, or make a new loop",
    fix: NOTHING,
    afterwards: "nothing",
  },
  non_sequential_iteration: {
    advice: "the request skips an iteration; ask for the next one",
    fix: nextIteration,
    afterwards: "nothing",
  },
  iteration_already_pending: {
    advice: "the worker has not taken the first request for this iteration yet; it need not be asked twice",
    fix: ({ task }, program) => [commandLine(program, ["worker-inbox", task])],
    afterwards: "nothing",
  },
  conflict_retry_limit_reached: {
    advice: "too many attempts left conflicts unresolved; the operator decides how to go on",
    fix: NOTHING,
    afterwards: "retry",
  },
};

const MISSING_EVIDENCE: Remedy = {
  advice:
    "record the missing receipts (their names are in the error) for this run and iteration; evidence alone revives nothing",
  fix: NOTHING,
  afterwards: "retry",
};

const UNKNOWN: Remedy = {
  advice: "its record does not say why; look at it before you retry it",
  fix: ({ id }, program) => [commandLine(program, ["commands show", id])],
  afterwards: "retry",
};

/** What helps against a reason. Every reason has an answer. */
export function remedyFor(error_code: string): Remedy {
  if (Object.hasOwn(REMEDIES, error_code)) return REMEDIES[error_code] as Remedy;
  return /^missing_\w+_evidence$/.test(error_code) ? MISSING_EVIDENCE : UNKNOWN;
}
