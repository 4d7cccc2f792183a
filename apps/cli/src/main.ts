import { processIo } from "./io.ts";
import { reportError } from "./report.ts";
import { runCommandLine } from "./run.ts";

const argv = process.argv.slice(2);
const io = processIo();
// Everything is printed by now; waiting for idle handles to close would only cost time.
void runCommandLine(argv, io)
  .catch((thrown: unknown) => reportError(thrown, io, argv.includes("--json")))
  .then((code) => process.exit(code));
