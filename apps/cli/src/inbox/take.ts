import { presents } from "../presentation.ts";
import { inboxText } from "./list.ts";

/** `session-inbox --consume-next` (spec 03 §7.6). */
export const takeSession = presents("inbox.takeSession", { text: inboxText });

/** `manager-inbox --consume-next` (spec 03 §7.6). */
export const takeManager = presents("inbox.takeManager", { text: inboxText });

/** `worker-inbox --consume-next` (spec 03 §7.6). */
export const takeWorker = presents("inbox.takeWorker", { text: inboxText });
