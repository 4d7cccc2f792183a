import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { filterFields, telemetryEvent } from "./entities.ts";

/** `telemetry --follow`: every event as it is recorded (spec 07 §7.13 item 1). */
export const onEvent = operation({
  path: "telemetry.onEvent",
  kind: "subscription",
  summary: "Follow telemetry events as they are recorded",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "telemetry",
    place: 40,
    select: "follow",
    prints: "lines",
    examples: ["telemetry --follow", "telemetry --follow --backlog 20 --task auth --severity warning"],
  },
  input: z.object({
    ...filterFields,
    backlog: rowCount.default(0).describe("begin with the newest N that are there already"),
  }),
  output: telemetryEvent,
});
