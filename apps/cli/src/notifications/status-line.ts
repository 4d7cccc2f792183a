import { presents } from "../presentation.ts";

/** `status-line`: the line itself and nothing else (spec 10 §10.5). */
export const statusLine = presents("notifications.statusLine", { text: ({ text }) => `${text}\n` });
