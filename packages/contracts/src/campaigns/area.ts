import type { Area } from "../area.ts";

/** The area of the operations `campaigns.*`. */
export const area: Area = {
  title: "Campaigns",
  order: 190,
  about: "one manager with many workers towards one objective",
};
