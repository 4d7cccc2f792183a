import type { Area } from "../area.ts";

/** The area of the operations `telemetry.*`. */
export const area: Area = {
  title: "Telemetry",
  order: 220,
  about: "events for those who measure",
};
