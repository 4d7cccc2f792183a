import { presents } from "../presentation.ts";
import { waitingRows } from "../print/present.ts";

/** `inbox`: what waits for the operator (spec 10.3). */
export const inbox = presents("everyday.inbox", {
  text: waitingRows,
  nothing: () => "nothing waits for you",
});
