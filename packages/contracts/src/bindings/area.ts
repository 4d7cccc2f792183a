import type { Area } from "../area.ts";

/** The area of the operations `bindings.*`. */
export const area: Area = {
  title: "Bindings",
  order: 40,
  about: "who supervises whom on which task",
};
