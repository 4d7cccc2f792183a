import { processIo } from "./io.ts";
import { run } from "./run.ts";

// Everything is printed by now; waiting for idle handles to close would only cost time.
void run(process.argv.slice(2), processIo()).then((code) => process.exit(code));
