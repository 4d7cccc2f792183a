import { query, router, subscription } from "./trpc.ts";

export const telemetryRouter = router({
  list: query("telemetry.list", () => import("@conveyor/core/telemetry/list")),
  count: query("telemetry.count", () => import("@conveyor/core/telemetry/list")),
  summary: query("telemetry.summary", () => import("@conveyor/core/telemetry/summary")),
  onEvent: subscription("telemetry.onEvent", () => import("@conveyor/core/telemetry/on-event")),
});
