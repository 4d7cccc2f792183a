import type { CriteriaSummary, ManagerContext } from "@conveyor/contracts";
import type { Settings } from "../ctx.ts";
import { commandLine, slot } from "../shared/command-line.ts";

/**
 * Whether the manager should agree on criteria with the worker first, and how (spec 02 §8.3). Advice only; a pure
 * function of the counts.
 */
export function negotiation(
  task: string,
  summary: CriteriaSummary,
  settings: Settings,
): ManagerContext["criteria_negotiation"] {
  const total = Object.values(summary).reduce((sum, count) => sum + count, 0);
  if (summary.proposed + summary.accepted + summary.satisfied > 0) {
    return { task, needed: false, reason: "active_criteria_present", prompt: null, suggested_actions: [] };
  }
  const add = (status: string) =>
    commandLine(settings, ["criteria", task], {
      add: true,
      criterion: slot("criterion"),
      source: "worker_proposed",
      status,
    });
  return {
    task,
    needed: true,
    reason: total === 0 ? "no_criteria" : "no_current_task_criteria",
    prompt:
      "Before you go on, propose two to four acceptance criteria for the slice of work at hand. Split them into what must hold now and what can follow later, and say for each how it will be verified: the command, test or observation that shows it.",
    suggested_actions: [
      "Ask the worker for that split with the prompt above, then record its answer:",
      ...["accepted", "proposed", "deferred"].map(add),
    ],
  };
}
