import { presents } from "../presentation.ts";

/** `deregister` (spec 01 §6.5). */
export const deregister = presents("sessions.deregister", {
  text: ({ name, state }) => `session ${name} is ${state}\n`,
});
