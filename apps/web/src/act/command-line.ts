import type { InputAt, MutationPath } from "../live/operations.ts";
import type { Act } from "./acts.ts";
import { type LineWords, typedLine } from "./line-words.ts";

/** A value that begins with a dash is glued to its flag, as it would be read as the next one. */
const flag = (name: string, value: string | number | undefined): LineWords => {
  if (value === undefined) return [];
  return String(value).startsWith("-") ? [`--${name}=${value}`] : [`--${name}`, value];
};
const given = (name: string, value: boolean | undefined): LineWords => (value === true ? [`--${name}`] : []);

/** A name that begins with a dash would be read as a flag where it stands alone. */
const alone = (name: string): LineWords => (name.startsWith("-") ? ["--", name] : [name]);

const criterion =
  (verb: string) =>
  ({ task, criterion_id, proof, rationale }: InputAt<"criteria.accept">): LineWords => [
    "criteria",
    ...flag(verb, criterion_id),
    ...flag("proof", proof),
    ...flag("rationale", rationale),
    ...alone(task),
  ];

const closing = (input: InputAt<"tasks.stop">): LineWords => [
  ...flag("reason", input.reason),
  ...given("stop-worker", input.stop_worker),
];

const LINES: { [Path in MutationPath]: (input: InputAt<Path>) => LineWords } = {
  "bindings.bind": ({ task, worker, manager }) => [
    "bind",
    ...flag("task", task),
    ...flag("worker", worker),
    ...flag("manager", manager),
  ],
  "bindings.unbind": ({ task }) => ["unbind", ...flag("task", task)],
  "checks.accept": ({ check }) => ["checks", "accept", check],
  "criteria.accept": criterion("accept"),
  "criteria.add": ({ task, criterion: text, source, status }) => [
    "criteria",
    "--add",
    ...flag("criterion", text),
    ...flag("source", source),
    ...flag("status", status),
    ...alone(task),
  ],
  "criteria.defer": criterion("defer"),
  "criteria.reject": criterion("reject"),
  "criteria.satisfy": criterion("satisfy"),
  "dispatch.cancelCommand": ({ command }) => ["commands", "cancel", command],
  "dispatch.enqueueNudgeWorker": ({ task, message, idempotency_key }) => [
    "enqueue-nudge-worker",
    ...flag("message", message),
    ...flag("idempotency-key", idempotency_key),
    ...alone(task),
  ],
  "dispatch.retryCommand": ({ command, force }) => ["commands", "retry", command, ...given("force", force)],
  "inbox.release": ({ task, notification_id, role, reason }) => [
    "inbox-release",
    ...flag("notification-id", notification_id),
    ...flag("role", role),
    ...flag("reason", reason),
    ...alone(task),
  ],
  "proof.verify": ({ task, criterion_id = [] }) => [
    "verify",
    ...criterion_id.flatMap((id) => flag("criterion", id)),
    ...alone(task),
  ],
  "sessions.deregister": ({ session }) => ["deregister", ...alone(session)],
  "tasks.finish": (input) => [
    "finish-task",
    ...closing(input),
    ...given("stop-manager", input.stop_manager),
    ...given("require-criteria-audit", input.require_criteria_audit),
    ...given("require-acks", input.require_acks),
    ...alone(input.task),
  ],
  "tasks.stop": (input) => ["stop-task", ...closing(input), ...alone(input.task)],
};

/** The command line that does the same when somebody pastes it into a shell. */
export function commandLineOf({ path, input }: Act): string {
  // The table is total over the paths, which the compiler cannot follow through one call.
  const words = (LINES[path] as (input: Act["input"]) => LineWords)(input);
  return typedLine(words);
}

/** The command line that lists what waits for a session. */
export function sessionInboxLine(session: string): string {
  return typedLine(["session-inbox", ...alone(session)]);
}

/** The command line that starts a pair on a new task. */
export function pairCommandLine(task: string, goal: string): string {
  const names = { worker: `${task}-worker`, manager: `${task}-manager` };
  return typedLine([
    "pair",
    ...flag("task", task),
    ...flag("task-goal", goal),
    ...flag("worker-name", names.worker),
    ...flag("manager-name", names.manager),
  ]);
}
