import { presents } from "../presentation.ts";
import { createdText } from "../print/worker.ts";

/** `create` (spec 01 §7.2). */
export const create = presents("workers.create", { text: createdText });

/** `start-test` (spec 01 §7.2): a worker that did not report is exit code 1. */
export const startTest = presents("workers.startTest", {
  text: createdText,
  exitCode: ({ verified }) => (verified === true ? 0 : 1),
});
