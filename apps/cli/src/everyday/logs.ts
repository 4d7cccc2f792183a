import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { listing } from "../print/listing.ts";
import type { View } from "../print/text.ts";

type Entry = Output<"everyday.onLog">;

function entryRows(entries: readonly Entry[], view: View): string {
  return listing<Entry>(
    [
      { head: "at", of: ({ at }) => at },
      { head: "what", of: ({ kind }) => kind },
      { head: "session", of: ({ session }) => session, cut: "end" },
      { head: "", of: ({ what }) => what, cut: "end" },
      { head: "message", of: ({ message }) => message, cut: "end" },
    ],
    entries,
    view,
  );
}

/** `logs`: one line per entry (spec 10.3). */
export const logs = presents("everyday.logs", { text: entryRows, nothing: () => "nothing is recorded yet" });

/** `logs --follow`. */
export const onLog = presents("everyday.onLog", { text: (entry, view) => entryRows([entry], view) });
