import { presents } from "../presentation.ts";
import { continuationText } from "../print/enqueued.ts";

/** `enqueue-continue-iteration` (spec 03 §7.4). */
export const enqueueContinueIteration = presents("dispatch.enqueueContinueIteration", { text: continuationText });
