export * from "./events.ts";
export { conditionOf, type TelemetryFilter } from "./filter.ts";
export * from "./trace.ts";
