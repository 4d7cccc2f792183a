import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/tasks.ts";
import { restOf } from "../print/rest-of.ts";
import { table, type View } from "../print/text.ts";

function taskRows(tasks: Answer<"tasks.list">, view: View): string {
  return table(
    tasks.map(({ name, state, goal }) => [name, state, goal]),
    view,
  );
}

/** `tasks`: one line per task with name, state and goal (spec 01 §6.7). */
export const command = cliCommand(spec, {
  aside: { "tasks.list": restOf("task") },
  text: {
    "tasks.list": taskRows,
    "tasks.onChange": (task, view) => taskRows([task], view),
    "tasks.create": ({ created, name, id, state }) =>
      `${created ? "created" : "already there"}: task ${name} (${id}), ${state}\n`,
  },
});
