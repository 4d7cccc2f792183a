import type { Area } from "../area.ts";

/** The area of the operations `decisions.*`. */
export const area: Area = {
  title: "Decisions of a manager",
  order: 120,
  about: "what a manager decided, and why",
};
