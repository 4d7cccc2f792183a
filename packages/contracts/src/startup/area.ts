import type { Area } from "../area.ts";

/** The area of the operations `startup.*`. */
export const area: Area = {
  title: "Starting agents",
  order: 20,
  about: "starting workers and managers in terminals, alone or as a pair",
};
