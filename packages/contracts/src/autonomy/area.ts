import type { Area } from "../area.ts";

/** The area of the operations `autonomy.*`. */
export const area: Area = {
  title: "App autonomy",
  order: 180,
  about: "heartbeats and wake-ups of agents that live in an app",
};
