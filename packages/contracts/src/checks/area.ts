import type { Area } from "../area.ts";

/** The area of the operations `checks.*`. */
export const area: Area = {
  title: "Checks",
  order: 112,
  about: "how a criterion would be disproved, and what came of trying",
};
