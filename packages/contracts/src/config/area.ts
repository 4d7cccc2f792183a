import type { Area } from "../area.ts";

/** The area of the operations `config.*`. */
export const area: Area = {
  title: "Configuration",
  order: 235,
  about: "what holds where no flag says otherwise: read, changed, explained, trusted",
};
