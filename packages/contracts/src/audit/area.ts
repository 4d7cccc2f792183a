import type { Area } from "../area.ts";

/** The area of the operations `audit.*`. */
export const area: Area = {
  title: "Records",
  order: 210,
  about: "what happened, and who did it",
};
