import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { listing } from "../print/listing.ts";

/** `list`: one line per worker folder (spec 02 §8.17). */
export const list = presents("workers.list", {
  text: (workers, view) =>
    listing<Output<"workers.list">[number]>(
      [
        { head: "worker", of: ({ name }) => name, cut: "end" },
        { head: "terminal", of: ({ status, terminal_error }) => (terminal_error === undefined ? status : "unknown") },
        { head: "state", of: ({ state }) => state },
        { head: "task", of: ({ current_task }) => current_task, cut: "end" },
      ],
      workers,
      view,
    ),
  nothing: () => "no workers with a folder",
});
