import { presents } from "../presentation.ts";
import { dispatcherRows } from "./overview.ts";

/** `dispatch --follow`: a line per sign of life of a dispatcher (spec 03 §13 item 7). */
export const onHeartbeat = presents("dispatch.onHeartbeat", {
  text: (dispatcher, view) => dispatcherRows([dispatcher], view),
});
