import type { Area } from "../area.ts";

/** The area of the operations `epilogues.*`. */
export const area: Area = {
  title: "After completion",
  order: 150,
  about: "the steps that still follow when a task is done",
};
