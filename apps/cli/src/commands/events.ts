import { cliCommand } from "../command.ts";
import { spec } from "../generated/events.ts";
import { jsonLine } from "../print/json.ts";

/** `events`: always one JSON object per line, as the file has them (spec 07 §7.10.4). */
export const command = cliCommand(spec, {
  raw: { "workers.events": ({ events }) => events.map(jsonLine).join("") },
  text: { "workers.events": ({ events }) => events.map(jsonLine).join(""), "workers.followEvents": jsonLine },
});
