import type { Area } from "../area.ts";

/** The area of the operations `criteria.*`. */
export const area: Area = {
  title: "Acceptance criteria",
  order: 110,
  about: "what was agreed about when a task is done",
};
