import { processIo } from "./io.ts";
import { reportError } from "./report.ts";
import { run } from "./run.ts";

// Node answers this signal, which anybody of the same user can send, by opening its debugger on a port.
process.on("SIGUSR1", () => {});

const argv = process.argv.slice(2);
const io = processIo();
// Everything is printed by now; waiting for idle handles to close would only cost time.
void run(argv, io)
  .catch((thrown: unknown) => reportError(thrown, io, argv.includes("--json")))
  .then((code) => process.exit(code));
