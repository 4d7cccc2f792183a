import type { ProofCounts } from "../../proof/counts.ts";
import type { TurnToReport } from "./ended-turns.ts";

/** What Conveyor's own checks say of the criteria. Pure. */
function proofSentence({ verified, stale, failed, claimed }: ProofCounts): string {
  return `By the checks that Conveyor ran, ${verified} of its criteria are verified, ${stale} stale, ${failed} failed, and ${claimed} only claimed.`;
}

interface Names {
  worker: string;
  task: string;
}

type Told = Pick<TurnToReport, "outcome" | "error_info" | "goal">;

/** What an agent's word for an error means, and what helps; other words are told as they are. */
const ERRORS: Readonly<Record<string, { means: string; helps: string }>> = {
  context_window_exceeded: {
    means: "its context window is full",
    helps: "it must compact or begin a new thread before it can go on",
  },
  usage_limit_exceeded: {
    means: "the account's usage limit is reached",
    helps: "it can go on when the limit is reset",
  },
  session_budget_exceeded: { means: "the budget of the session is used up", helps: "somebody has to raise the budget" },
  rate_limit_exceeded: { means: "too many requests were made", helps: "it can try again in a while" },
  server_overloaded: { means: "the model's server is overloaded", helps: "it can try again in a while" },
  internal_server_error: { means: "the model's server failed", helps: "it can try again" },
  http_connection_failed: { means: "the model's server could not be reached", helps: "look at the network" },
  response_stream_connection_failed: { means: "the answer did not begin to come", helps: "it can try again" },
  response_stream_disconnected: { means: "the answer broke off", helps: "it can try again" },
  response_too_many_failed_attempts: { means: "the model's server failed again and again", helps: "try again later" },
  unauthorized: { means: "it is not signed in", helps: "somebody has to sign in" },
  model_not_found: { means: "its model does not exist", helps: "somebody has to choose another model" },
  sandbox_error: { means: "its sandbox failed", helps: "somebody has to look at its settings" },
};

/** One line that says what happened to a turn, the outcome first. No content. Pure. */
export function completionSubject({ worker, task }: Names, turn: Told): string {
  const of = `${worker} on ${task}`;
  switch (turn.outcome) {
    case "failed":
      return `turn failed (${wordOf(turn)}): ${of}`;
    case "lost":
      return `worker died within a turn: ${of}`;
    case "completed":
      if (turn.goal === null) return `turn finished: ${of}`;
      return isPursued(turn.goal)
        ? `goal still pursued, ${turnsOf(turn.goal)} so far: ${of}`
        : `goal ${goalState(turn.goal)} after ${turnsOf(turn.goal)}: ${of}`;
    default:
      return turn.outcome satisfies never;
  }
}

/** What a manager reads when a turn of its worker ended (spec 03 §7.5): a claim to check, not a verdict. No content. Pure. */
export function completionMessage(names: Names, turn: Told, proof: ProofCounts | null = null): string {
  return [
    happened(names, turn),
    ...(proof === null ? [] : [proofSentence(proof)]),
    `Run or inspect a cycle for ${names.task}, and review the evidence and the acceptance criteria.`,
    choice(turn),
  ].join(" ");
}

function happened({ worker, task }: Names, turn: Told): string {
  const where = `on task ${task}`;
  switch (turn.outcome) {
    case "failed": {
      const known = ERRORS[wordOf(turn)];
      const why = known === undefined ? "" : `: ${known.means}`;
      return `Worker ${worker} appears to have failed in a turn ${where} (${wordOf(turn)}${why}). What it had begun is not finished.`;
    }
    case "lost":
      return `Worker ${worker} appears to have died in the middle of a turn ${where}: its process has ended, and its turn never did. What it had begun is not finished.`;
    case "completed":
      return `${completed(worker, where, turn.goal)} That is a claim, not proof that the work is done.`;
    default:
      return turn.outcome satisfies never;
  }
}

function completed(worker: string, where: string, goal: Told["goal"]): string {
  if (goal === null) return `Worker ${worker} appears to have finished a turn ${where}.`;
  return isPursued(goal)
    ? `Worker ${worker} appears to pursue its goal ${where} still, ${turnsOf(goal)} so far.`
    : `Worker ${worker} appears to have ended its goal ${where} (${goalState(goal)}) after ${turnsOf(goal)}.`;
}

function choice(turn: Told): string {
  switch (turn.outcome) {
    case "failed": {
      const help = ERRORS[wordOf(turn)]?.helps;
      const known = help === undefined ? "" : ` (${help})`;
      return `Then choose: have it try again${known}, ask for fixes, finish the task, or keep observing.`;
    }
    case "lost":
      return "Then choose: have the worker started and registered again, finish the task, or keep observing.";
    case "completed":
      return "Then choose: finish the task, ask the worker for fixes, or keep observing.";
    default:
      return turn.outcome satisfies never;
  }
}

/** The agent's word for the error; anything that is not a plain word could be text of somebody's. */
function wordOf({ error_info }: Pick<Told, "error_info">): string {
  return error_info !== null && /^[a-z][a-z0-9_]{0,63}$/i.test(error_info) ? error_info : "other";
}

type Goal = NonNullable<Told["goal"]>;

const isPursued = ({ status }: Goal) => status === "active";
const turnsOf = ({ turns }: Goal) => `${turns} ${turns === 1 ? "turn" : "turns"}`;

function goalState({ status }: Goal): string {
  return status !== null && /^[a-z]{1,32}$/i.test(status) ? status : "cleared";
}
