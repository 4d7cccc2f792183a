import type { Area } from "../area.ts";

/** The area of the operations `qa.*`. */
export const area: Area = {
  title: "Quality assurance",
  order: 170,
  about: "plans and runs that check the product",
};
