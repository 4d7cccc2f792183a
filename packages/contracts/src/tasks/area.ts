import type { Area } from "../area.ts";

/** The area of the operations `tasks.*`. */
export const area: Area = {
  title: "Tasks",
  order: 10,
  about: "what is to be done, from its creation to its end",
};
