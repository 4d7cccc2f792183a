import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/discover.ts";
import { lines, table, type View } from "../print/text.ts";

type Found = Answer<"discovery.discover">;

function section(title: string, rows: readonly (readonly unknown[])[], view: View): string[] {
  return rows.length === 0 ? [] : [view.colour.bold(title), table(rows, view)];
}

function discoverText({ tasks, sessions, bindings, telemetry, suggestions }: Found, view: View): string {
  const parts = [
    ...section(
      "tasks",
      tasks.map(({ name, state, goal }) => [name, state, goal]),
      view,
    ),
    ...section(
      "sessions",
      sessions.map(({ name, role, state, binding }) => [name, role, state, binding?.task_name]),
      view,
    ),
    ...section(
      "bindings",
      bindings.map((one) => [one.task_name, one.worker_name, one.manager_name, one.state]),
      view,
    ),
    ...section(
      "telemetry",
      telemetry.map((one) => [one.timestamp, one.event_type, one.summary]),
      view,
    ),
    ...section(
      "next",
      suggestions.map(({ kind, command, prompt }) => [kind, command ?? prompt]),
      view,
    ),
  ];
  return parts.length === 0 ? "nothing found\n" : lines(parts);
}

/** `discover`, `search`: what there is to set up with, and the next step (spec 01 §6.10). */
export const command = cliCommand(spec, { text: { "discovery.discover": discoverText } });
