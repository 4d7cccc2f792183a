import { presents } from "../presentation.ts";

/** `commands cancel` (spec 03 §13). */
export const cancelCommand = presents("dispatch.cancelCommand", {
  text: (done) => `cancelled ${done.command_type} ${done.command_id}\n`,
});
