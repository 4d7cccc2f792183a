import { presents } from "../presentation.ts";
import { enqueuedText } from "../print/enqueued.ts";

/** `enqueue-notify-manager` (spec 03 §7.2). */
export const enqueueNotifyManager = presents("dispatch.enqueueNotifyManager", { text: enqueuedText });

/** `enqueue-nudge-worker` (spec 03 §7.3). */
export const enqueueNudgeWorker = presents("dispatch.enqueueNudgeWorker", { text: enqueuedText });
