import type { Area } from "../area.ts";

/** The area of the operations `exports.*`. */
export const area: Area = {
  title: "Exports",
  order: 230,
  about: "taking records out of the ledger",
};
