import { cliCommand } from "../command.ts";
import { spec } from "../generated/audit.ts";
import { cell, lines } from "../print/text.ts";

/** `audit`: the task, then one line per audit event (spec 07 §7.10.1). */
export const command = cliCommand(spec, {
  text: {
    "audit.show": ({ task, events }) =>
      lines(
        [task.name, task.state, task.goal].map(cell).join("\t"),
        (events ?? []).map(({ created_at, type, actor, command_id }) =>
          [created_at, type, `actor=${actor}`, ...(command_id === null ? [] : [`command=${command_id}`])].join("\t"),
        ),
      ),
  },
});
