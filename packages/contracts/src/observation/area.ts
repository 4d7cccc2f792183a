import type { Area } from "../area.ts";

/** The area of the operations `observation.*`. */
export const area: Area = {
  title: "Watching a worker",
  order: 80,
  about: "reading what a worker does, and typing to it",
};
