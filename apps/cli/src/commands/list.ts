import { cliCommand } from "../command.ts";
import { spec } from "../generated/list.ts";
import { table } from "../print/text.ts";

/** `list`: one line per worker folder (spec 02 §8.17). */
export const command = cliCommand(spec, {
  text: {
    "workers.list": (workers, view) =>
      table(
        workers.map(({ name, status, state, current_task, terminal_error }) => [
          name,
          terminal_error === undefined ? status : "unknown",
          state,
          current_task,
        ]),
        view,
      ),
  },
});
