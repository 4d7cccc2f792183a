export { followTelemetry } from "./follow-telemetry.ts";
export { countTelemetry, listTelemetry } from "./list-telemetry.ts";
export { summarizeTelemetry } from "./summarize-telemetry.ts";
