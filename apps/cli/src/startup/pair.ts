import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";
import { lines } from "../print/text.ts";

function dispatchLine({ dispatch }: Output<"startup.pair">): string {
  if (!dispatch.ensure) return "Dispatch was not asked for";
  const where = dispatch.pid === null ? "" : `, process ${dispatch.pid}`;
  if (dispatch.healthy) return `Dispatch ${dispatch.started ? "started" : "runs already"}${where}`;
  return `Dispatch was started and has not been heard of yet${where}; its output is in ${dispatch.log}`;
}

function pairText(made: Output<"startup.pair">): string {
  const config = made.manager_config_seeded_by_pair ? "recorded" : "kept";
  return lines(
    `task ${made.task.name} (${made.task.id})${made.task.created ? ", created" : ""}`,
    startedText(made.worker),
    startedText(made.manager),
    `bound as ${made.binding_id}, run ${made.run_id}`,
    `manager config ${config}, recipe ${made.manager_recipe ?? "none"}, criteria seeded: ${made.manager_acceptance_criteria_seeded}`,
    dispatchLine(made),
  );
}

/** With which rights the two work, and how long what carries their messages runs. */
async function pairNotes({ worker, manager, dispatch }: Output<"startup.pair">): Promise<string> {
  const rights = await rightsNote(worker, manager);
  if (dispatch.stop_command === null) return rights;
  const lasts = dispatch.started ? "ends with the last bound task" : "ran already";
  return `${rights}\nnote: Dispatch ${lasts}; to end it: ${dispatch.stop_command}`;
}

/** `pair` (spec 01 §6.3). */
export const pair = presents("startup.pair", { text: pairText, notes: startupNote, aside: pairNotes });
