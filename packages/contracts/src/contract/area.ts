import type { Area } from "../area.ts";

/** The area of the operations `contract.*`. */
export const area: Area = {
  title: "The supervision contract",
  order: 130,
  about: "what a manager may do and must prove on a task",
};
