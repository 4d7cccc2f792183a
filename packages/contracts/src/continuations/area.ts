import type { Area } from "../area.ts";

/** The area of the operations `continuations.*`. */
export const area: Area = {
  title: "What comes next",
  order: 140,
  about: "proposing what a worker does next, and the review of it",
};
