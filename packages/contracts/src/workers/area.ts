import type { Area } from "../area.ts";

/** The area of the operations `workers.*`. */
export const area: Area = {
  title: "Workers with a folder (older)",
  order: 50,
  about: "the older commands that know a worker by name and folder, and the import of what they kept",
};
