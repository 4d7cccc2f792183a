import type { Area } from "../area.ts";

/** The area of the operations `setup.*`. */
export const area: Area = {
  title: "Set-up bundles",
  order: 185,
  about: "operating policies that are previewed, approved as a whole and then applied to a task",
};
