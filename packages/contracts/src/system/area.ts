import type { Area } from "../area.ts";

/** The area of the operations `system.*`. */
export const area: Area = {
  title: "This program",
  order: 240,
  about: "the server, the health of machine and ledger, the installation",
};
