import type { Area } from "../area.ts";

/** The area of the operations `receipts.*`. */
export const area: Area = {
  title: "Receipts",
  order: 116,
  about: "signed statements of how a task stood, which others can verify without trusting this machine",
};
