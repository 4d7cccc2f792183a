import type { Area } from "../area.ts";

/** The area of the operations `discovery.*`. */
export const area: Area = {
  title: "Finding",
  order: 60,
  about: "what there is to set up with, and the next step",
};
