import type { Area } from "../area.ts";

/** The area of the operations `notifications.*`. */
export const area: Area = {
  title: "Notifications",
  order: 233,
  about: "telling people outside the program what needs them",
};
