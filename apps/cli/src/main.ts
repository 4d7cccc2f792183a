import { processIo } from "./io.ts";
import { reportError } from "./report.ts";
import { runCommandLine } from "./run.ts";

const argv = process.argv.slice(2);
const io = processIo();
/** A shell that asks for words waits for them at the next key: rather none than late, in milliseconds (spec 10.2). */
const LATEST_WORDS_MS = 300;
if (process.env["CONVEYOR_COMPLETING"]) setTimeout(() => process.exit(0), LATEST_WORDS_MS);
// Everything is printed by now; waiting for idle handles to close would only cost time.
void runCommandLine(argv, io)
  .catch((thrown: unknown) => reportError(thrown, io, argv.includes("--json")))
  .then((code) => process.exit(code));
