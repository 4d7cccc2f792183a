import type { Area } from "../area.ts";

/** The area of the operations `inbox.*`. */
export const area: Area = {
  title: "Inboxes",
  order: 100,
  about: "what was delivered to a session: reading, taking, answering, giving back",
};
