import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { type Column, listing } from "../print/listing.ts";
import { lines, type View } from "../print/text.ts";

type Found = Output<"discovery.discover">;

function section<Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[], view: View): string[] {
  return rows.length === 0 ? [] : [view.colour.bold(title), listing(columns, rows, view)];
}

function discoverText({ tasks, sessions, bindings, telemetry, suggestions }: Found, view: View): string {
  const parts = [
    ...section(
      "tasks",
      [
        { head: "task", of: ({ name }) => name, cut: "end" },
        { head: "state", of: ({ state }) => state },
        { head: "goal", of: ({ goal }) => goal, cut: "end" },
      ],
      tasks,
      view,
    ),
    ...section(
      "sessions",
      [
        { head: "session", of: ({ name }) => name, cut: "end" },
        { head: "role", of: ({ role }) => role },
        { head: "state", of: ({ state }) => state },
        { head: "task", of: ({ binding }) => binding?.task_name, cut: "end" },
      ],
      sessions,
      view,
    ),
    ...section(
      "bindings",
      [
        { head: "task", of: ({ task_name }) => task_name, cut: "end" },
        { head: "worker", of: ({ worker_name }) => worker_name, cut: "end" },
        { head: "manager", of: ({ manager_name }) => manager_name, cut: "end" },
        { head: "state", of: ({ state }) => state },
      ],
      bindings,
      view,
    ),
    ...section(
      "telemetry",
      [
        { head: "time", of: ({ timestamp }) => timestamp, only: "pipe" },
        { head: "age", of: ({ timestamp }) => ageText(timestamp, view.now), only: "terminal" },
        { head: "event", of: ({ event_type }) => event_type },
        { head: "summary", of: ({ summary }) => summary, cut: "end" },
      ],
      telemetry,
      view,
    ),
    ...section(
      "next",
      [
        { head: "why", of: ({ kind }) => kind.replaceAll("_", " ") },
        // A command to copy is never cut.
        { head: "what to do", of: ({ command, prompt }) => command ?? prompt },
      ],
      suggestions,
      view,
    ),
  ];
  return parts.length === 0 ? "nothing found\n" : lines(parts);
}

/** `discover`, `search`: what there is to set up with, and the next step (spec 01 §6.10). */
export const discover = presents("discovery.discover", { text: discoverText });
