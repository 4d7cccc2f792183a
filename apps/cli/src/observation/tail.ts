import { presents } from "../presentation.ts";
import { table } from "../print/text.ts";

/** `tail`: one line per record, newest first (spec 02 §8.2). */
export const tail = presents("observation.tail", {
  text: (records, view) =>
    table(
      records.map(({ id, timestamp, type, subtype, payload }) => [`#${id}`, timestamp, type, subtype, payload]),
      view,
    ),
  nothing: () => "no records of this session are stored; `ingest` reads them",
});
