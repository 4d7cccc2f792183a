import { z } from "zod";
import { label, nonBlank, reference, timeWindow } from "../bounds.ts";
import { jsonObject, taskRef, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { ACTORS, SEVERITIES } from "../events/declaration.ts";

export const telemetryActor = z.enum(ACTORS);
export const severity = z.enum(SEVERITIES);

/** One receipt of a control point: never any content (spec 07 §7.9). */
export const telemetryEvent = z.object({
  id: z.string(),
  run_id: z.string().nullable(),
  task_id: z.string().nullable(),
  timestamp,
  actor: telemetryActor,
  event_type: z.string(),
  severity,
  summary: z.string(),
  correlation: content(jsonObject, "record").describe("ids that tie things together"),
  attributes: content(jsonObject, "record").describe("facts"),
});
export type TelemetryEvent = z.infer<typeof telemetryEvent>;

/** Which events are meant; all of it must hold (spec 07 §7.10.5, Filters, Search). */
export const filterFields = {
  task: taskRef.optional().describe("only events of this task"),
  run: reference.optional().describe("only events of this run: its id, name or unique id prefix"),
  actor: telemetryActor.optional().describe("only events of this actor"),
  event_type: label.optional().describe("only events of exactly this type"),
  severity: severity.optional().describe("only events of this severity"),
  search: nonBlank
    .max(1000)
    .optional()
    .describe(
      "only events whose summary or attributes hold these words, or whose type this is; begin*, OR, severity:error",
    ),
};

export type TelemetryFilterInput = z.output<z.ZodObject<typeof filterFields>>;

export const pastFields = {
  ...filterFields,
  window: timeWindow.optional().describe("only events of this time until now, for instance 24h"),
};
