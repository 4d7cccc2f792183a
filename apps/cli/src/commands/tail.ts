import { cliCommand } from "../command.ts";
import { spec } from "../generated/tail.ts";
import { table } from "../print/text.ts";

/** `tail`: one line per record, newest first (spec 02 §8.2). */
export const command = cliCommand(spec, {
  text: {
    "observation.tail": (records, view) =>
      table(
        records.map(({ id, timestamp, type, subtype, payload }) => [`#${id}`, timestamp, type, subtype, payload]),
        view,
      ),
  },
  nothing: { "observation.tail": () => "no records of this session are stored; `ingest` reads them" },
});
