import { z } from "zod";
import { label, nonBlank, reference, rowCount, timeWindow } from "./bounds.ts";
import { jsonObject, taskRef, timestamp } from "./common.ts";
import { operation } from "./operation.ts";

/** Who a telemetry event says did it (spec 07 §7.5.6). */
export const telemetryActor = z.enum(["dispatch", "manager", "operator", "system", "worker", "workerctl"]);
export const severity = z.enum(["debug", "info", "warning", "error"]);

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
  correlation: jsonObject.describe("ids that tie things together"),
  attributes: jsonObject.describe("facts"),
});
export type TelemetryEvent = z.infer<typeof telemetryEvent>;

/** Which events are meant; all of it must hold (spec 07 §7.10.5, Filters, Search). */
const filterFields = {
  task: taskRef.optional().describe("only events of this task"),
  run: reference.optional().describe("only events of this run: its id, name or unique id prefix"),
  actor: telemetryActor.optional().describe("only events of this actor"),
  event_type: label.optional().describe("only events of exactly this type"),
  severity: severity.optional().describe("only events of this severity"),
  search: nonBlank
    .max(1000)
    .optional()
    .describe("only events whose summary or attributes hold every one of these words, or whose type this is"),
};
export type TelemetryFilterInput = z.output<z.ZodObject<typeof filterFields>>;

const pastFields = {
  ...filterFields,
  window: timeWindow.optional().describe("only events of this time until now, for instance 24h"),
};

/** `telemetry` (spec 07 §7.10.5, List). */
export const list = operation({
  path: "telemetry.list",
  kind: "query",
  summary: "List telemetry events, oldest first",
  ledger: "read",
  cli: {
    command: "telemetry",
    prints: "text",
    examples: ["telemetry --task auth --newest --limit 20", 'telemetry --search "nudge_worker failed" --json'],
  },
  input: z.object({
    ...pastFields,
    limit: rowCount.default(100).describe("at most this many events"),
    newest: z.boolean().default(false).describe("newest first; the limit then keeps the newest"),
  }),
  output: z.array(telemetryEvent),
});

/** `telemetry --count`: how many there are, without reading them. */
export const countEvents = operation({
  path: "telemetry.count",
  kind: "query",
  summary: "Count telemetry events",
  ledger: "read",
  cli: { command: "telemetry", select: "count", prints: "text", examples: ["telemetry --count --severity error"] },
  input: z.object(pastFields),
  output: z.object({ total: z.int() }),
});

const counts = z.record(z.string(), z.int());

/** `telemetry --summary` (spec 07 §7.10.5, Summary). */
export const summary = operation({
  path: "telemetry.summary",
  kind: "query",
  summary: "Count telemetry events by actor, type and severity",
  ledger: "read",
  cli: {
    command: "telemetry",
    select: "summary",
    prints: "text",
    examples: ["telemetry --summary --task auth --window 24h"],
  },
  input: z.object({
    ...pastFields,
    limit: rowCount.optional().describe("only the oldest N of them; default: all"),
  }),
  output: z.object({
    total: z.int(),
    by_actor: counts,
    by_event_type: counts,
    by_severity: counts,
    first_timestamp: timestamp.nullable(),
    last_timestamp: timestamp.nullable(),
    run_id: z.string().nullable().describe("the run asked for, else the only one that occurs"),
    task_id: z.string().nullable().describe("the task asked for, else the only one that occurs"),
  }),
});

/** `telemetry --follow`: every event as it is recorded (spec 07 §7.13 item 1). */
export const onEvent = operation({
  path: "telemetry.onEvent",
  kind: "subscription",
  summary: "Follow telemetry events as they are recorded",
  ledger: "read",
  cli: {
    command: "telemetry",
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
