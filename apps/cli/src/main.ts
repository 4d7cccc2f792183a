import { processIo } from "./io.ts";
import { run } from "./run.ts";

// Node answers this signal, which anybody of the same user can send, by opening its debugger on a port.
process.on("SIGUSR1", () => {});
// Everything is printed by now; waiting for idle handles to close would only cost time.
void run(process.argv.slice(2), processIo()).then((code) => process.exit(code));
