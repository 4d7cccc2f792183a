import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/sessions.ts";
import { restOf } from "../print/rest-of.ts";
import { table, type View } from "../print/text.ts";

function life(alive: boolean | null): string {
  if (alive === null) return "unknown";
  return alive ? "alive" : "not running";
}

function sessionRows(sessions: Answer<"sessions.list">, view: View): string {
  const rows = sessions.map(({ name, role, state, alive, communication, binding, cwd }) => [
    name,
    role,
    state,
    life(alive),
    communication.delivery_mode,
    binding?.task_name,
    cwd,
  ]);
  return table(rows, view);
}

/** `sessions --human`: who is there, whether it lives, and what it is bound to (spec 01 §6.6). */
export const command = cliCommand(spec, {
  aside: { "sessions.list": restOf("session") },
  text: { "sessions.list": sessionRows, "sessions.onChange": (session, view) => sessionRows([session], view) },
});
