import { cliCommand } from "../command.ts";
import { spec } from "../generated/commands.ts";
import { table } from "../print/text.ts";

/** `commands`: one line per durable command (spec 03 §7.8). */
export const command = cliCommand(spec, {
  text: {
    "dispatch.commands": (rows, view) =>
      table(
        rows.map((row) => [
          row.id,
          row.state,
          row.type,
          row.task_name ?? row.task_id,
          ...(row.attempt_history ? [`attempts=${row.attempts}`] : []),
        ]),
        view,
      ),
  },
});
