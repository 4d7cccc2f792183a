import { presents } from "../presentation.ts";

/** `unbind` (spec 01 §6.9). */
export const unbind = presents("bindings.unbind", {
  text: ({ task, state, already_ended }) =>
    `the binding of task ${task} ${already_ended ? "had already" : "has"} ${state === "ended" ? "ended" : "become invalid"}\n`,
});
