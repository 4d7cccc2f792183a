export * from "./events.ts";
export { conditionOf, type TelemetryFilter } from "./filter.ts";
export { type GaugeRow, ledgerGaugeRows, ledgerSize } from "./gauges.ts";
export * from "./trace.ts";
