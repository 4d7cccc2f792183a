import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { listing } from "../print/listing.ts";
import { shortIds } from "../print/short-ids.ts";
import type { View } from "../print/text.ts";

type Logged = Output<"dispatch.commands">[number];

function commandRows(rows: readonly Logged[], view: View): string {
  const ids = shortIds(rows.map(({ id }) => id));
  const withAttempts = rows.some(({ attempt_history }) => attempt_history !== undefined);
  return listing<Logged>(
    [
      { head: "command", of: ({ id }) => (view.isTerminal ? ids.get(id) : id) },
      { head: "age", of: ({ created_at }) => ageText(created_at, view.now), only: "terminal" },
      { head: "state", of: ({ state }) => state },
      { head: "type", of: ({ type }) => type },
      { head: "task", of: (row) => row.task_name ?? row.task_id, cut: "end" },
      { head: "attempts", of: ({ attempts }) => attempts, only: "terminal" },
      ...(withAttempts
        ? [{ head: "attempts", of: ({ attempts }: Logged) => `attempts=${attempts}`, only: "pipe" as const }]
        : []),
      { head: "error", of: ({ error }) => error, cut: "end", only: "terminal" },
    ],
    rows,
    view,
  );
}

/** `commands`: the durable log (spec 03 §7.8). */
export const commands = presents("dispatch.commands", { text: commandRows, nothing: () => "no commands" });
