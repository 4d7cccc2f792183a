import type { Area } from "../area.ts";

/** The area of the operations `dispatch.*`. */
export const area: Area = {
  title: "Dispatch and queued messages",
  order: 90,
  about: "the queue of messages and the dispatcher that delivers them",
};
