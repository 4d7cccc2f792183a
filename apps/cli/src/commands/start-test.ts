import { cliCommand } from "../command.ts";
import { spec } from "../generated/start-test.ts";
import { createdText } from "../print/worker.ts";

/** `start-test` (spec 01 §7.2): a worker that did not report is exit code 1. */
export const command = cliCommand(spec, {
  text: { "workers.startTest": createdText },
  exitCode: { "workers.startTest": ({ verified }) => (verified === true ? 0 : 1) },
});
