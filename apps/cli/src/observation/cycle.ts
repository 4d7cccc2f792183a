import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { agentText } from "../print/agent.ts";
import { lines, plural, type View } from "../print/text.ts";
import { lastWords } from "../print/words.ts";

type Cycle = Output<"observation.cycle">;

const life = (alive: boolean) => (alive ? "alive" : "not running");

function contextLines({ manager_context: context }: Cycle): string[] {
  const { summary, open } = context.acceptance_criteria;
  const counts = Object.entries(summary).map(([status, count]) => `${count} ${status}`);
  return [
    `criteria: ${counts.join(", ")}`,
    ...open.map(({ id, criterion }) => `  open #${id}: ${criterion}`),
    ...(context.criteria_negotiation.needed
      ? [`criteria are to be agreed: ${context.criteria_negotiation.prompt}`]
      : []),
  ];
}

/** A turn that ended before the worker was bound says nothing about this task. */
function completedLine({ manager_context: { worker_receipt } }: Cycle): string {
  return worker_receipt?.before_binding
    ? "the worker's last turn ended before it was bound to this task, so it may be about something else"
    : "the worker has finished its turn; whether the task is done is for you to judge";
}

/** How the worker's last turn ended, and what it said then: its manager is who it was said to. */
function receiptLines({ manager_context: { worker_receipt: receipt }, worker_session }: Cycle): string[] {
  if (receipt === null) return [];
  return [`last finished turn: ${receipt.outcome}`, ...lastWords(worker_session, receipt.last_agent_message)];
}

const CONFLICTS: Readonly<Record<NonNullable<Cycle["conflict"]>, string>> = {
  other_thread: "conflict: the terminal shows another thread than the rollout that is read (after /clear?)",
  busy_title: "conflict: the terminal shows a running turn of which the rollout has no record",
};

function cycleText(cycle: Cycle, view: View): string {
  const stale = cycle.staleness_seconds === null ? "" : `, last sign ${cycle.staleness_seconds} s ago`;
  const unread = cycle.dispatch_notifications.length;
  return lines(
    view.colour.bold(
      `cycle #${cycle.cycle_id} of ${cycle.task}: worker ${cycle.worker_session} is ${cycle.state}${stale}`,
    ),
    `${cycle.worker_session}: ${agentText(cycle.agent_status, view.colour)}`,
    `worker ${life(cycle.worker_alive)}, manager ${cycle.manager_session} ${life(cycle.manager_alive)}`,
    `${plural(cycle.ingest.new_events, "new record")} read`,
    cycle.turn !== null && `turn: ${cycle.turn.kind}, ${cycle.turn.outcome}`,
    cycle.conflict !== null && view.colour.yellow(CONFLICTS[cycle.conflict]),
    cycle.turn?.outcome === "lost" &&
      view.colour.yellow("nobody writes the worker's rollout any more: its turn has no end"),
    cycle.ingest.skipped_lines > 0 &&
      view.colour.yellow(`${plural(cycle.ingest.skipped_lines, "line")} of the rollout could not be stored`),
    cycle.attention !== "none" && view.colour.yellow(`the worker waits for an answer: ${cycle.attention}`),
    cycle.notable_pane_pattern !== null && view.colour.yellow(`terminal: ${cycle.notable_pane_pattern}`),
    cycle.pane_signal.degraded && `the terminal could not be read: ${cycle.pane_signal.reason}`,
    cycle.task_completed && completedLine(cycle),
    unread > 0 && `${plural(unread, "message")} for the manager`,
    contextLines(cycle),
    receiptLines(cycle),
  );
}

/** `cycle --human`: what a manager needs to decide what to do next (spec 02 §8.3). */
export const cycle = presents("observation.cycle", { text: cycleText });
