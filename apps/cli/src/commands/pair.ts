import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/pair.ts";
import { rightsNote, startedText, startupNote } from "../print/started.ts";
import { lines } from "../print/text.ts";

function dispatchLine({ dispatch }: Answer<"startup.pair">): string {
  if (!dispatch.ensure) return "Dispatch was not asked for";
  const where = dispatch.pid === null ? "" : `, process ${dispatch.pid}`;
  if (dispatch.healthy) return `Dispatch ${dispatch.started ? "started" : "runs already"}${where}`;
  return `Dispatch was started and has not been heard of yet${where}; its output is in ${dispatch.log}`;
}

function pairText(pair: Answer<"startup.pair">): string {
  const config = pair.manager_config_seeded_by_pair ? "recorded" : "kept";
  return lines(
    `task ${pair.task.name} (${pair.task.id})${pair.task.created ? ", created" : ""}`,
    startedText(pair.worker),
    startedText(pair.manager),
    `bound as ${pair.binding_id}, run ${pair.run_id}`,
    `manager config ${config}, recipe ${pair.manager_recipe ?? "none"}, criteria seeded: ${pair.manager_acceptance_criteria_seeded}`,
    dispatchLine(pair),
  );
}

/** With which rights the two work, and how long what carries their messages runs. */
async function pairNotes({ worker, manager, dispatch }: Answer<"startup.pair">): Promise<string> {
  const rights = await rightsNote(worker, manager);
  if (dispatch.stop_command === null) return rights;
  const lasts = dispatch.started ? "ends with the last bound task" : "ran already";
  return `${rights}\nnote: Dispatch ${lasts}; to end it: ${dispatch.stop_command}`;
}

function planText(plan: Answer<"startup.planPair">): string {
  return lines(
    `would pair worker ${plan.worker} and manager ${plan.manager} on task ${plan.task}`,
    plan.dispatch_command === null ? "no Dispatch" : `Dispatch: ${plan.dispatch_command.join(" ")}`,
  );
}

/** `pair`, `pair --dry-run` (spec 01 §6.3). */
export const command = cliCommand(spec, {
  text: { "startup.pair": pairText, "startup.planPair": planText },
  notes: { "startup.pair": startupNote },
  aside: { "startup.pair": pairNotes },
});
