import type { Area } from "../area.ts";

/** The area of the operations `proof.*`. */
export const area: Area = {
  title: "Proof",
  order: 114,
  about: "checks that Conveyor runs itself, and what they prove of the files as they are now",
};
