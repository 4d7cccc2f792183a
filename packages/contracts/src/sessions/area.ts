import type { Area } from "../area.ts";

/** The area of the operations `sessions.*`. */
export const area: Area = {
  title: "Sessions",
  order: 30,
  about: "the agents that are known: registering, listing, deregistering",
};
