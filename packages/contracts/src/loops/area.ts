import type { Area } from "../area.ts";

/** The area of the operations `loops.*`. */
export const area: Area = {
  title: "Loops",
  order: 160,
  about: "work in rounds, with limits and proof",
};
