import { presents } from "../presentation.ts";

/** `bind` (spec 01 §6.8). */
export const bind = presents("bindings.bind", {
  text: ({ task, worker, manager, binding_id }) =>
    `bound task ${task}: worker ${worker}, manager ${manager} (${binding_id})\n`,
});
