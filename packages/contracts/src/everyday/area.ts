import type { Area } from "../area.ts";

/** The area of the operations `everyday.*`. */
export const area: Area = {
  title: "Every day",
  order: 5,
  about: "short words for what people do all day: what is going on, who waits, tell, look, wait, end",
};
